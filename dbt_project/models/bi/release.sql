with

parameters as (

    select * from {{ ref('dim_parameters') }}

),

weeks as (

    select * from {{ ref('dim_weeks') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

source_weeks as (

    select * from {{ ref('fct_source_weeks') }}

),

sources as (

    select * from {{ ref('dim_sources') }}

),

segment_weeks as (

    select * from {{ ref('segment_weeks') }}

),

unit_pair_weeks as (

    select * from {{ ref('unit_pair_weeks') }}

),

published as (

    select
        -- what was read
        parameters.run_id,
        parameters.organisation_name,
        (select min(week_start) from weeks) as coverage_from,
        (select max(week_end) from weeks) as coverage_to,
        (select count(*) from weeks)::integer as weeks,
        (select count(distinct person_id) from person_weeks)::integer as people,
        (select sum(events) from source_weeks)::bigint as events,
        (select sum(files) from sources)::integer as files,
        (select sum(records) from sources)::bigint as records,
        (select sum(quarantined_records) from sources)::bigint as quarantined_records,
        (
            select
                md5(
                    string_agg(
                        source_name || ' ' || files_fingerprint, ' '
                        order by source_name
                    )
                )
            from sources
        ) as data_fingerprint,

        -- how it was read
        parameters.fingerprint as parameters_fingerprint,
        parameters.timezone,
        parameters.interaction_profile,
        parameters.tie_window_weeks,
        parameters.tie_min_interactions,
        parameters.tie_requires_reciprocity,
        parameters.rank_bases,
        parameters.min_group_size,

        -- what made it
        parameters.tacit_version,
        parameters.code_fingerprint,
        '{{ dbt_version }}' as dbt_version,
        version() as duckdb_version,
        parameters.great_expectations_version,

        -- what held of it
        {{ count_of_data_tests() }} as data_tests,
        parameters.expectations,

        -- what is not shown
        (select count(*) from segment_weeks where is_withheld)::bigint
            as withheld_segment_cells,
        (select count(*) from segment_weeks)::bigint as segment_cells,
        (select count(*) from unit_pair_weeks where is_withheld)::bigint
            as withheld_unit_pair_cells,
        (select count(*) from unit_pair_weeks)::bigint as unit_pair_cells,

        -- times
        parameters.read_at as built_at
    from parameters

)

select * from published
