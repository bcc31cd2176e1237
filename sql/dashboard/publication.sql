-- What every page of the dashboard says of the publication that it shows.

-- :release
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
    min_group_size,
    data_tests,
    expectations,
    tacit_version,
    code_fingerprint,
    dbt_version,
    duckdb_version,
    great_expectations_version
from bi.release;

-- :definitions
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
from bi.metric_definitions
order by metric;
