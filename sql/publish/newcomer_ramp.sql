-- How newcomers find their network. Grain: one row per number of weeks since the hire,
-- population (newcomers, tenured), metric and statistic. A withheld cell has neither
-- value nor people.

-- :declare
create table candidate.bi.newcomer_ramp (
    weeks_since_hire integer not null,
    population varchar not null,
    metric varchar not null,
    statistic varchar not null,
    value double,
    people integer,
    is_withheld boolean not null
);

-- :publish
insert into candidate.bi.newcomer_ramp by name
select
    weeks_since_hire,
    population,
    metric,
    statistic,
    value,
    people,
    is_withheld
from warehouse.bi.newcomer_ramp
order by weeks_since_hire, population, metric, statistic;

-- :metrics
select
    cells.population,
    cells.metric,
    min(cells.weeks_since_hire) as first_week,
    max(cells.weeks_since_hire) as last_week,
    min(cells.value) as lowest_amount,
    min(cells.people - release.min_group_size) as people_above_minimum,
    count(*)
    filter (
        where cells.is_withheld
        and (cells.value is not null or cells.people is not null)
    )
        as withheld_cells_that_tell
from bi.newcomer_ramp as cells
cross join bi.release
group by cells.population, cells.metric
order by cells.population, cells.metric;
