-- Who keeps to themselves: departments, what passes between them, and how far the whole
-- network follows them. Pairs of departments with nothing between them are absent.

-- :matrix
select
    from_department,
    to_department,
    value,
    is_withheld,
    week_start
from bi.unit_pair_weeks
where
    metric = $metric
    and week_start = (
        select max(all_cells.week_start) from bi.unit_pair_weeks as all_cells
        where all_cells.metric = 'ties'
    )
order by from_department, to_department;

-- :inward
with

ties as (

    select
        from_department as department,
        coalesce(sum(value) filter (from_department = to_department), 0) as inside,
        coalesce(sum(value) filter (from_department != to_department), 0) as outside,
        count(*) filter (from_department != to_department and value > 0)
            as departments_met,
        count(*) filter (is_withheld) as withheld_pairs
    from bi.unit_pair_weeks
    where
        metric = 'ties'
        and week_start = (
            select max(all_cells.week_start) from bi.unit_pair_weeks as all_cells
            where all_cells.metric = 'ties'
        )
    group by from_department

)

select
    department,
    case when withheld_pairs = 0 then (outside - inside) / (outside + inside) end
        as value,
    departments_met,
    withheld_pairs,
    withheld_pairs > 0 as is_withheld
from ties
where withheld_pairs > 0 or inside + outside > 0
order by value nulls last, department;

-- :over_time
select
    month_start,
    metric,
    value,
    people,
    is_withheld
from bi.org_structure
where
    metric in ('department_ei_index', 'department_modularity')
    and (value is not null or is_withheld)
order by month_start, metric;

-- :bridges
select
    from_department || ' – ' || to_department as departments,
    value,
    is_withheld
from bi.unit_pair_weeks
where
    metric = 'ties'
    and from_department < to_department
    and (value > 0 or is_withheld)
    and week_start = (
        select max(all_cells.week_start) from bi.unit_pair_weeks as all_cells
        where all_cells.metric = 'ties'
    )
order by value nulls last, departments;
