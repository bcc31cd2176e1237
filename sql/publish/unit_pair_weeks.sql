-- What passes between departments, by week. Grain: one row per department, other
-- department, week
-- and metric. Pairs with nothing between them are absent; a withheld cell has no value.

-- :declare
create table candidate.bi.unit_pair_weeks (
    from_department varchar not null,
    to_department varchar not null,
    week_start date not null,
    metric varchar not null,
    value double,
    is_withheld boolean not null,
    shown_as varchar
);

-- :publish
insert into candidate.bi.unit_pair_weeks by name
select
    from_department,
    to_department,
    week_start,
    metric,
    value,
    is_withheld,
    shown_as
from warehouse.bi.unit_pair_weeks
order by from_department, to_department, week_start, metric;

-- :metrics
select
    cells.metric,
    min(if(cells.metric = 'share', null, cells.value)) as lowest_amount,
    min(if(cells.metric = 'share', cells.value, null)) as lowest_share,
    max(if(cells.metric = 'share', cells.value, null)) as highest_share,
    bool_and(
        cells.week_start between release.coverage_from and release.coverage_to
    ) as is_in_coverage,
    count(*) filter (where cells.is_withheld and cells.value is not null)
        as withheld_cells_that_tell
from bi.unit_pair_weeks as cells
cross join bi.release
group by cells.metric
order by cells.metric;
