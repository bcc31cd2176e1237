select
    organisation_name,
    timezone,
    has_declared_domains,
    has_roster,
    interaction_profile,
    tie_window_weeks,
    tie_min_interactions,
    tie_requires_reciprocity,
    rank_bases,
    coverage_from,
    coverage_to,
    min_group_size,
    fingerprint,
    code_fingerprint,
    tacit_version,
    great_expectations_version,
    expectations,
    run_id,
    read_at

from {{ source('raw', 'parameters') }}
