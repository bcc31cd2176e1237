-- In which groups do most people have one contact or none? The last week, groups whose
-- share is shown and not 0.

-- :answer
select
    segment_type,
    segment_value,
    value as isolated_share,
    people
from bi.segment_weeks
where
    metric = 'isolated_share'
    and value > 0
    and week_start = (
        select max(all_cells.week_start) from bi.segment_weeks as all_cells
        where all_cells.metric = 'isolated_share' and all_cells.value is not null
    )
order by isolated_share desc, segment_type asc, segment_value asc;
