-- How evenly do people reach out? The Gini coefficient of each department (0: everybody
-- as much; towards 1: one does it all), now and thirteen weeks before.

-- :answer
with

weeks as (

    select max(week_start) as last_week
    from bi.segment_weeks
    where metric = 'participation_gini' and value is not null

)

select
    cells.segment_value as department,
    any_value(cells.value) filter (where cells.week_start = weeks.last_week)
        as gini_now,
    any_value(cells.value) filter (where cells.week_start < weeks.last_week)
        as gini_before,
    any_value(cells.people) filter (where cells.week_start = weeks.last_week) as people
from bi.segment_weeks as cells
inner join weeks
    on
        weeks.last_week = cells.week_start
        or weeks.last_week = cells.week_start + interval 91 days
where
    cells.segment_type = 'department'
    and cells.metric = 'participation_gini'
group by cells.segment_value
order by gini_now desc nulls last, department asc;
