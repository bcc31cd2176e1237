with

parameters as (

    select * from {{ ref('int_parameters') }}

),

readable as (

    select
        -- organisation
        organisation_name,
        timezone,
        has_declared_domains,
        has_roster,

        -- how interactions become numbers
        interaction_profile,
        tie_window_weeks,
        tie_min_interactions,
        tie_requires_reciprocity,
        array_to_string(rank_bases, ', ') as rank_bases,
        min_group_size,

        -- coverage
        coverage_from,
        coverage_to,

        -- made with
        code_fingerprint,
        tacit_version,
        great_expectations_version,
        expectations,

        -- which run
        fingerprint,
        run_id,
        read_at
    from parameters

)

select * from readable
