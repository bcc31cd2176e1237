-- How do remote people fare beside those at offices, month by month? Means of the
-- weeks, each as often as it has people.

-- :answer
select
    date_trunc('month', week_start)::date as month_start,
    segment_value as work_mode,
    sum(value * people) filter (where metric = 'network_size')
    / sum(people) filter (where metric = 'network_size') as network_size,
    sum(value * people) filter (where metric = 'cross_team_share')
    / sum(people) filter (where metric = 'cross_team_share') as cross_team_share,
    sum(value * people) filter (where metric = 'lifting_interactions')
    / sum(people) filter (where metric = 'lifting_interactions')
        as lifting_interactions,
    count(*) filter (where is_withheld) as withheld_cells
from bi.segment_weeks
where
    segment_type = 'work_mode'
    and metric in ('network_size', 'cross_team_share', 'lifting_interactions')
    and statistic = 'mean'
group by date_trunc('month', week_start)::date, segment_value
order by month_start, work_mode;
