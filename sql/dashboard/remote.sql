-- Remote people beside those at offices.

-- :trend
select
    week_start,
    segment_value as work_mode,
    value,
    people,
    is_withheld
from bi.segment_weeks
where
    segment_type = 'work_mode'
    and metric = $metric
    and statistic in ('mean', 'share')
    and (value is not null or is_withheld)
order by week_start, work_mode;
