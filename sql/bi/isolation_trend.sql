-- How many people have one contact or none, and how many are silent? The organisation,
-- week by week, as shares.

-- :answer
select
    week_start,
    any_value(value) filter (where metric = 'isolated_share') as isolated_share,
    any_value(value) filter (where metric = 'silent_share') as silent_share,
    any_value(people) filter (where metric = 'isolated_share') as people
from bi.segment_weeks
where
    segment_type = 'organisation'
    and metric in ('isolated_share', 'silent_share')
group by week_start
order by week_start;
