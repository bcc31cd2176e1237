-- How inward is each department? Of the ties of its people in the last week, those with
-- other departments less those inside, as a part of both (Krackhardt's E-I index: 1 is
-- all outside, -1 all inside). Where a pair is withheld, it is not known.

-- :answer
with

ties as (

    select
        from_department as department,
        coalesce(sum(value) filter (where from_department = to_department), 0)
            as inside,
        coalesce(sum(value) filter (where from_department != to_department), 0)
            as outside,
        count(*) filter (where from_department != to_department and value > 0)
            as departments_met,
        count(*) filter (where is_withheld) as withheld_pairs
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
    case
        when withheld_pairs = 0 then (outside - inside) / nullif(outside + inside, 0)
    end
        as ei_index,
    departments_met,
    withheld_pairs
from ties
order by ei_index nulls last, department;
