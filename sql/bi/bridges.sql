-- Which departments hang together by few ties? In the last week, the pairs of
-- departments that have ties, the fewest first.

-- :answer
select
    from_department,
    to_department,
    value as ties
from bi.unit_pair_weeks
where
    metric = 'ties'
    and from_department < to_department
    and value > 0
    and week_start = (
        select max(all_cells.week_start) from bi.unit_pair_weeks as all_cells
        where all_cells.metric = 'ties'
    )
order by ties, from_department, to_department;
