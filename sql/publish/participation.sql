-- How evenly people take part in spaces and teams. Grain: one row per space or team,
-- week and metric. A withheld cell has neither value nor band nor people.

-- :declare
create table candidate.bi.participation (
    space_type varchar not null,
    space_name varchar not null,
    week_start date not null,
    metric varchar not null,
    value double,
    band varchar,
    people integer,
    is_withheld boolean not null
);

-- :publish
insert into candidate.bi.participation by name
select
    space_type,
    space_name,
    week_start,
    metric,
    value,
    band,
    people,
    is_withheld
from warehouse.bi.participation
order by space_type, space_name, week_start, metric;

-- :metrics
with

kinds as (

    select
        *,
        metric like '%\_share' escape '\' or metric = 'participation_gini' as is_share
    from bi.participation

)

select
    cells.metric,
    min(if(cells.is_share, null, cells.value)) as lowest_amount,
    min(if(cells.is_share, cells.value, null)) as lowest_share,
    max(if(cells.is_share, cells.value, null)) as highest_share,
    min(cells.people - release.min_group_size) as people_above_minimum,
    count(*) filter (where cells.band is not null and cells.people < 10)
        as bands_of_small_spaces,
    bool_and(
        cells.week_start between release.coverage_from and release.coverage_to
    ) as is_in_coverage,
    count(*)
    filter (
        where cells.is_withheld
        and (
            cells.value is not null
            or cells.band is not null
            or cells.people is not null
        )
    )
        as withheld_cells_that_tell
from kinds as cells
cross join bi.release
group by cells.metric
order by cells.metric;
