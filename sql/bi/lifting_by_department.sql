-- Who has access to people higher up? For each department, interactions a week with
-- anybody above, and with those beyond one's own manager; means over the last four
-- weeks.

-- :answer
with

recent_weeks as (

    select distinct week_start
    from bi.segment_weeks
    order by week_start desc
    limit 4

)

select
    cells.segment_value as department,
    max(cells.people) as people,
    avg(cells.value) filter (where cells.metric = 'lifting_interactions')
        as lifting_interactions,
    avg(cells.value) filter (where cells.metric = 'lifting_beyond_manager')
        as lifting_beyond_manager,
    count(*) filter (where cells.is_withheld) as withheld_cells
from bi.segment_weeks as cells
inner join recent_weeks
    on cells.week_start = recent_weeks.week_start
where
    cells.segment_type = 'department'
    and cells.metric in ('lifting_interactions', 'lifting_beyond_manager')
    and cells.statistic = 'mean'
group by cells.segment_value
order by lifting_beyond_manager desc nulls last, department asc;
