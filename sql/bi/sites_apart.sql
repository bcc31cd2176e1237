-- Do people at different sites work with the same number of people? Each site's mean
-- and median network size in the last week, beside the organisation.

-- :answer
select
    segment_type,
    segment_value,
    any_value(value) filter (where statistic = 'mean') as mean_network_size,
    any_value(value) filter (where statistic = 'median') as median_network_size,
    any_value(people) as people
from bi.segment_weeks
where
    segment_type in ('location', 'organisation')
    and metric = 'network_size'
    and week_start = (
        select max(all_cells.week_start) from bi.segment_weeks as all_cells
        where all_cells.metric = 'network_size' and all_cells.value is not null
    )
group by segment_type, segment_value
order by segment_type desc, segment_value asc;
