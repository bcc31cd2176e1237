-- The organisation as a whole, and its departments.

-- :headlines
with

weeks as (

    select max(week_start) as last_week
    from bi.segment_weeks
    where
        segment_type = 'organisation'
        and metric = 'network_size'
        and value is not null

)

select
    cells.metric,
    cells.statistic,
    any_value(cells.value) filter (cells.week_start = weeks.last_week) as value,
    any_value(cells.value) filter (cells.week_start < weeks.last_week) as value_before,
    any_value(cells.people) filter (cells.week_start = weeks.last_week) as people
from bi.segment_weeks as cells
inner join weeks
    on
        weeks.last_week = cells.week_start
        or weeks.last_week = cells.week_start + interval 28 days
where
    cells.segment_type = 'organisation'
    and (cells.metric, cells.statistic) in (
        ('network_size', 'mean'),
        ('cross_team_share', 'mean'),
        ('lifting_interactions', 'mean'),
        ('isolated_share', 'share')
    )
group by cells.metric, cells.statistic
order by cells.metric;

-- :trend
select
    week_start,
    statistic,
    value,
    people,
    is_withheld
from bi.segment_weeks
where
    segment_type = 'organisation'
    and metric = $metric
    and statistic in ('mean', 'median')
    and (value is not null or is_withheld)
order by week_start, statistic;

-- :changes
with

weeks as (

    select max(week_start) as last_week
    from bi.segment_weeks
    where metric = 'network_size' and value is not null

)

select
    cells.segment_value as department,
    any_value(cells.value) filter (cells.week_start < weeks.last_week) as value_before,
    any_value(cells.value) filter (cells.week_start = weeks.last_week) as value,
    any_value(cells.people) filter (cells.week_start = weeks.last_week) as people,
    bool_or(cells.is_withheld) as is_withheld
from bi.segment_weeks as cells
inner join weeks
    on
        weeks.last_week = cells.week_start
        or weeks.last_week = cells.week_start + interval 28 days
where
    cells.segment_type = 'department'
    and cells.metric = $metric
    and cells.statistic = 'mean'
    and (cells.value is not null or cells.is_withheld)
group by cells.segment_value
order by department;
