-- How well connected is the organisation now, and how was it four weeks ago?

-- :answer
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
    cells.week_start,
    cells.week_start = weeks.last_week as is_last_week,
    cells.value,
    cells.people
from bi.segment_weeks as cells
inner join weeks
    on
        weeks.last_week = cells.week_start
        or weeks.last_week = cells.week_start + interval 28 days
where
    cells.segment_type = 'organisation'
    and not cells.is_withheld
order by cells.metric, cells.statistic, cells.week_start;
