-- What each number means. Grain: one row per metric.

-- :declare
create table candidate.bi.metric_definitions (
    metric varchar not null,
    label varchar not null,
    question varchar not null,
    formula varchar not null,
    unit varchar not null,
    value_range varchar not null,
    grain varchar not null,
    time_window varchar not null,
    denominator varchar,
    caveats varchar,
    source varchar
);

-- :publish
insert into candidate.bi.metric_definitions by name
select
    metric,
    label,
    question,
    formula,
    unit,
    value_range,
    grain,
    time_window,
    denominator,
    caveats,
    source
from warehouse.bi.metric_definitions
order by metric;

-- :definitions
select
    metric,
    label,
    question,
    formula
from bi.metric_definitions
order by metric;
