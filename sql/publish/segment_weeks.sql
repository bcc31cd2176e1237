-- Group numbers by segment and week, in long form. Grain: one row per segment type,
-- segment value,
-- week, metric and statistic. A withheld cell has neither value nor people.

-- :declare
create table candidate.bi.segment_weeks (
    segment_type varchar not null,
    segment_value varchar not null,
    week_start date not null,
    metric varchar not null,
    statistic varchar not null,
    value double,
    people integer,
    is_withheld boolean not null,
    shown_as varchar
);

-- :publish
insert into candidate.bi.segment_weeks by name
select
    segment_type,
    segment_value,
    week_start,
    metric,
    statistic,
    value,
    people,
    is_withheld,
    shown_as
from warehouse.bi.segment_weeks
order by segment_type, segment_value, week_start, metric, statistic;

-- :weeks
select
    weeks.week_start::date as week_start,
    count(cells.week_start) > 0 as has_cells
from bi.release
cross join
    generate_series(
        release.coverage_from, release.coverage_to, interval 7 days
    ) as weeks (week_start)
left join bi.segment_weeks as cells
    on
        weeks.week_start = cells.week_start
        and cells.segment_type = 'organisation'
group by weeks.week_start
order by weeks.week_start;

-- :segment_types
select distinct segment_type from bi.segment_weeks
order by segment_type;

-- :metrics
select
    cells.metric,
    cells.statistic,
    definitions.metric is not null as is_defined,
    min(cells.people) as fewest_people,
    min(cells.people - release.min_group_size)
    filter (where not cells.is_withheld and cells.value is not null)
        as people_above_minimum,
    count(*)
    filter (
        where cells.is_withheld
        and (cells.value is not null or cells.people is not null)
    )
        as withheld_cells_that_tell
from bi.segment_weeks as cells
cross join bi.release
left join bi.metric_definitions as definitions on cells.metric = definitions.metric
group by cells.metric, cells.statistic, definitions.metric
order by cells.metric, cells.statistic;

-- :extremes
with

extremes as (

    select
        metric,
        statistic,
        unnest([min(value), max(value)]) as extreme,
        case
            when statistic = 'gini' or metric like '%\_gini' escape '\' then 'gini'
            when statistic = 'share' or metric like '%\_share' escape '\' then 'share'
            when metric like '%\_ei\_index' escape '\' then 'ei_index'
            else 'amount'
        end as kind
    from bi.segment_weeks
    group by metric, statistic

)

select
    metric,
    statistic,
    if(kind = 'share', extreme, null) as share,
    if(kind = 'gini', extreme, null) as gini,
    if(kind = 'ei_index', extreme, null) as ei_index,
    if(kind = 'amount', extreme, null) as amount
from extremes
order by metric, statistic, extreme;
