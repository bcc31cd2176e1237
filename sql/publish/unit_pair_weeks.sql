-- What passes between departments, by week. Grain: one row per department, other department, week
-- and metric. Pairs with nothing between them are absent; a withheld cell has no value.

-- :declare
create table candidate.bi.unit_pair_weeks (
    from_unit varchar not null,
    to_unit varchar not null,
    week_start date not null,
    metric varchar not null,
    value double,
    is_withheld boolean not null,
    shown_as varchar
);

-- :publish
insert into candidate.bi.unit_pair_weeks by name
select
    from_unit,
    to_unit,
    week_start,
    metric,
    value,
    is_withheld,
    shown_as
from warehouse.bi.unit_pair_weeks
order by from_unit, to_unit, week_start, metric;

-- :metrics
select
    metric,
    min(value) as lowest,
    max(value) as highest,
    count(*) filter (where is_withheld and value is not null)
        as withheld_cells_that_tell
from bi.unit_pair_weeks
group by metric
order by metric;

-- :directions
select
    cells.week_start,
    count(*) filter (where opposite.from_unit is null) as pairs_without_their_opposite,
    bool_and(
        cells.week_start between release.coverage_from and release.coverage_to
    ) as is_in_coverage
from bi.unit_pair_weeks as cells
cross join bi.release
left join bi.unit_pair_weeks as opposite
    on
        cells.from_unit = opposite.to_unit
        and cells.to_unit = opposite.from_unit
        and cells.week_start = opposite.week_start
        and cells.metric = opposite.metric
group by cells.week_start
order by cells.week_start;
