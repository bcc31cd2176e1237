-- Whom programmes reach. Grain: one row per programme, month, segment and metric. A
-- withheld cell has neither value nor people.

-- :declare
create table candidate.bi.programme_reach (
    programme_name varchar not null,
    programme_type varchar not null,
    month_start date not null,
    segment_type varchar not null,
    segment_value varchar not null,
    metric varchar not null,
    value double,
    people integer,
    is_withheld boolean not null,
    shown_as varchar
);

-- :publish
insert into candidate.bi.programme_reach by name
select
    programme_name,
    programme_type,
    month_start,
    segment_type,
    segment_value,
    metric,
    value,
    people,
    is_withheld,
    shown_as
from warehouse.bi.programme_reach
order by programme_name, month_start, segment_type, segment_value, metric;

-- :metrics
with

cells as (

    select
        *,
        metric in ('programme_share', 'assignment_gini') as is_share
    from bi.programme_reach

)

select
    cells.metric,
    min(if(not cells.is_share, cells.value, null)) as lowest_amount,
    min(if(cells.is_share, cells.value, null)) as lowest_share,
    max(if(cells.is_share, cells.value, null)) as highest_share,
    min(cells.people - release.min_group_size) as people_above_minimum,
    bool_and(
        cells.month_start <= release.coverage_to
        and last_day(cells.month_start) >= release.coverage_from
    ) as is_in_coverage,
    count(*)
    filter (
        where cells.is_withheld
        and (cells.value is not null or cells.people is not null)
    )
        as withheld_cells_that_tell
from cells
cross join bi.release
group by cells.metric
order by cells.metric;
