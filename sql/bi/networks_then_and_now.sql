-- Whose networks shrank or grew? Means over the first four weeks with a full window and
-- over the last four, for each team, department, site and work mode. A group that is
-- withheld at either time has no change.

-- :answer
with

weeks as (

    select
        week_start,
        row_number() over (order by week_start) between 4 and 7 as is_then,
        row_number() over (order by week_start desc) <= 4 as is_now
    from (
        select distinct week_start from bi.segment_weeks
    ) as all_weeks

),

compared as (

    select
        cells.metric,
        cells.segment_type,
        cells.segment_value,
        avg(cells.value) filter (weeks.is_then) as value_then,
        avg(cells.value) filter (weeks.is_now) as value_now,
        max(cells.people) filter (weeks.is_now) as people
    from bi.segment_weeks as cells
    inner join weeks
        on cells.week_start = weeks.week_start
    where
        cells.metric in ('network_size', 'cross_department_contacts')
        and cells.statistic = 'mean'
        and cells.segment_type in (
            'organisation', 'department', 'team', 'location', 'work_mode'
        )
    group by cells.metric, cells.segment_type, cells.segment_value

)

select
    metric,
    segment_type,
    segment_value,
    people,
    value_then,
    value_now,
    value_now / nullif(value_then, 0) - 1 as relative_change
from compared
order by relative_change nulls last, metric, segment_type, segment_value;
