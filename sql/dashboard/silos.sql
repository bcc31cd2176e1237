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

-- :over_time
select
    month_start,
    value,
    people,
    is_withheld
from bi.org_structure
where
    metric = $metric
    and (value is not null or is_withheld)
order by month_start;

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
