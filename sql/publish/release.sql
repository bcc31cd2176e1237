-- What this publication is. Grain: one row.

-- :declare
create table candidate.bi.release (
    release_id varchar not null,
    built_at timestamp not null,
    coverage_from date not null,
    coverage_to date not null,
    weeks integer not null,
    people bigint not null,
    events bigint not null,
    min_group_size integer not null
);

-- :publish
insert into candidate.bi.release by name
select
    release_id,
    built_at,
    coverage_from,
    coverage_to,
    weeks,
    people,
    events,
    min_group_size
from warehouse.bi.release;

-- :release
select
    weeks,
    people,
    events,
    datediff('day', coverage_from, coverage_to) + 1 - 7 * weeks as days_beside_whole_weeks
from bi.release;
