-- Whom programmes reach, how alive their pairs are, and what changed with their people.

-- :reach
select
    programme_name,
    segment_value as department,
    value,
    people,
    is_withheld,
    month_start
from bi.programme_reach
where
    metric = 'programme_share'
    and segment_type = 'department'
    and (value is not null or is_withheld)
    and month_start = (
        select max(all_cells.month_start) from bi.programme_reach as all_cells
    )
order by programme_name, department;

-- :reach_over_time
select
    month_start,
    programme_name,
    value,
    people,
    is_withheld
from bi.programme_reach
where
    metric = 'programme_share'
    and segment_type = 'organisation'
    and (value is not null or is_withheld)
order by month_start, programme_name;

-- :effects
select
    programme_name
    || case design when 'newcomer' then ' (newcomers)' else '' end as programme,
    horizon_weeks,
    effect as value,
    interval_low,
    interval_high,
    detectable_effect,
    matched as people,
    is_withheld,
    caveat
from bi.programme_effects
where
    outcome = $outcome
    and not is_without_fellow_pairs
order by programme_name, design, horizon_weeks;

-- :engagement
select
    programme_name,
    metric,
    statistic,
    value,
    people,
    is_withheld
from bi.programme_engagement
order by programme_name, metric;

-- :outcomes
select distinct outcome
from bi.programme_effects
order by outcome;
