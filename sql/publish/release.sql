-- What this publication is made of: its data, its parameters, the versions of what
-- made it, how many checks held of it, and how many cells are withheld. Grain: one row.

-- :declare
create table candidate.bi.release (
    run_id varchar not null,
    organisation_name varchar not null,
    built_at timestamp not null,
    coverage_from date,
    coverage_to date,
    weeks integer not null,
    people integer not null,
    events bigint,
    files integer,
    records bigint,
    quarantined_records bigint,
    data_fingerprint varchar,
    parameters_fingerprint varchar not null,
    timezone varchar not null,
    interaction_profile varchar not null,
    tie_window_weeks integer not null,
    tie_min_interactions integer not null,
    tie_requires_reciprocity boolean not null,
    rank_bases varchar not null,
    min_group_size integer not null,
    tacit_version varchar,
    code_fingerprint varchar,
    dbt_version varchar not null,
    duckdb_version varchar not null,
    great_expectations_version varchar,
    data_tests integer not null,
    expectations integer,
    segment_cells bigint not null,
    withheld_segment_cells bigint not null,
    unit_pair_cells bigint not null,
    withheld_unit_pair_cells bigint not null
);

-- :publish
insert into candidate.bi.release by name
select
    run_id,
    organisation_name,
    built_at,
    coverage_from,
    coverage_to,
    weeks,
    people,
    events,
    files,
    records,
    quarantined_records,
    data_fingerprint,
    parameters_fingerprint,
    timezone,
    interaction_profile,
    tie_window_weeks,
    tie_min_interactions,
    tie_requires_reciprocity,
    rank_bases,
    min_group_size,
    tacit_version,
    code_fingerprint,
    dbt_version,
    duckdb_version,
    great_expectations_version,
    data_tests,
    expectations,
    segment_cells,
    withheld_segment_cells,
    unit_pair_cells,
    withheld_unit_pair_cells
from warehouse.bi.release;

-- :release
select
    weeks,
    people,
    coalesce(events, 0) as events,
    datediff('day', coverage_from, coverage_to) + 1 - 7 * weeks
        as days_beside_whole_weeks
from bi.release;
