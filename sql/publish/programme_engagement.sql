-- How alive the pairs of programmes are. Grain: one row per programme that makes pairs,
-- metric and statistic. A withheld cell has neither value nor people.

-- :declare
create table candidate.bi.programme_engagement (
    programme_name varchar not null,
    programme_type varchar not null,
    metric varchar not null,
    statistic varchar not null,
    value double,
    people integer,
    is_withheld boolean not null
);

-- :publish
insert into candidate.bi.programme_engagement by name
select
    programme_name,
    programme_type,
    metric,
    statistic,
    value,
    people,
    is_withheld
from warehouse.bi.programme_engagement
order by programme_name, metric, statistic;

-- :metrics
select
    cells.metric,
    min(cells.value) as lowest_amount,
    max(if(cells.statistic = 'share', cells.value, null)) as highest_share,
    min(cells.people - release.min_group_size) as people_above_minimum,
    count(*)
    filter (
        where cells.is_withheld
        and (cells.value is not null or cells.people is not null)
    )
        as withheld_cells_that_tell
from bi.programme_engagement as cells
cross join bi.release
group by cells.metric
order by cells.metric;
