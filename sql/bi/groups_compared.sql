-- How do newcomers, remote people and sites fare, compared with others of their kind?
-- Means over the last four weeks.

-- :answer
with

recent_weeks as (

    select distinct week_start
    from bi.segment_weeks
    order by week_start desc
    limit 4

)

select
    cells.segment_type,
    cells.segment_value,
    max(cells.people) as people,
    avg(cells.value) filter (cells.metric = 'network_size') as network_size,
    avg(cells.value) filter (cells.metric = 'cross_team_share') as cross_team_share
from bi.segment_weeks as cells
inner join recent_weeks
    on cells.week_start = recent_weeks.week_start
where
    cells.segment_type in ('tenure_band', 'work_mode', 'location')
    and cells.metric in ('network_size', 'cross_team_share')
    and cells.statistic = 'mean'
group by cells.segment_type, cells.segment_value
order by cells.segment_type, network_size nulls last, cells.segment_value;
