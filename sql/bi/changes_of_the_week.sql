-- What changed most in the last week? Means and shares of departments, sites and
-- disciplines that are shown in the last week and in the one before, by relative
-- change.

-- :answer
with

weeks as (

    select max(week_start) as last_week
    from bi.segment_weeks
    where metric = 'network_size' and value is not null

),

changes as (

    select
        cells.segment_type,
        cells.segment_value,
        cells.metric,
        any_value(cells.value) filter (where cells.week_start = weeks.last_week)
            as value,
        any_value(cells.value) filter (where cells.week_start < weeks.last_week)
            as value_before,
        any_value(cells.people) filter (where cells.week_start = weeks.last_week)
            as people
    from bi.segment_weeks as cells
    inner join weeks
        on
            weeks.last_week = cells.week_start
            or weeks.last_week = cells.week_start + interval 7 days
    where
        cells.segment_type in ('department', 'location', 'discipline')
        and cells.statistic in ('mean', 'share')
    group by cells.segment_type, cells.segment_value, cells.metric

)

select
    *,
    value / value_before - 1 as relative_change
from changes
where value is not null and value_before > 0
order by
    abs(value / value_before - 1) desc,
    segment_type asc,
    segment_value asc,
    metric asc
limit 20;
