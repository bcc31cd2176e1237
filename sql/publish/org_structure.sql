-- The network of ties as a whole, by month. Grain: one row per month and metric. A
-- withheld cell has neither value nor people.

-- :declare
create table candidate.bi.org_structure (
    month_start date not null,
    week_start date not null,
    metric varchar not null,
    value double,
    people integer,
    is_withheld boolean not null
);

-- :publish
insert into candidate.bi.org_structure by name
select
    month_start,
    week_start,
    metric,
    value,
    people,
    is_withheld
from warehouse.bi.org_structure
order by week_start, metric;

-- :metrics
with

kinds as (

    select
        *,
        case
            when metric like '%\_modularity' escape '\' then 'index'
            when metric like '%\_ei\_index' escape '\' then 'index'
            when
                metric like '%\_share' escape '\'
                or metric in ('density', 'transitivity', 'mean_clustering')
                then 'share'
            else 'amount'
        end as kind
    from bi.org_structure

)

select
    cells.metric,
    min(if(cells.kind = 'amount', cells.value, null)) as lowest_amount,
    min(if(cells.kind = 'share', cells.value, null)) as lowest_share,
    max(if(cells.kind = 'share', cells.value, null)) as highest_share,
    max(if(cells.kind = 'index', abs(cells.value), null)) as farthest_index,
    min(cells.people - release.min_group_size) as people_above_minimum,
    bool_and(
        cells.week_start between release.coverage_from and release.coverage_to
    ) as is_in_coverage,
    count(*)
    filter (
        where cells.is_withheld
        and (cells.value is not null or cells.people is not null)
    )
        as withheld_cells_that_tell
from kinds as cells
cross join bi.release
group by cells.metric
order by cells.metric;
