-- How many ties run between which departments? The last week for which they are known;
-- each pair once.

-- :answer
select
    from_department,
    to_department,
    value as ties,
    is_withheld,
    week_start
from bi.unit_pair_weeks
where
    metric = 'ties'
    and from_department <= to_department
    and week_start = (
        select max(all_cells.week_start) from bi.unit_pair_weeks as all_cells
        where all_cells.metric = 'ties'
    )
order by from_department, to_department;
