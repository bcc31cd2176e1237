{# The last that a build writes: where it is missing the build was not finished, and
   what it left may be neither old nor new. #}
-- depends_on: {{ ref('int_built_identities') }}
-- depends_on: {{ ref('int_built_roster') }}
{% for model in [
    'dim_dates', 'dim_people', 'dim_teams', 'fct_interactions', 'fct_newcomers',
    'fct_programme_engagement', 'fct_ties', 'int_findings', 'int_sessions',
    'int_space_members', 'int_spaces', 'metric_definitions', 'data_quality',
    'newcomer_ramp', 'org_structure', 'participation', 'programme_effects',
    'programme_engagement', 'programme_reach', 'release', 'segment_weeks',
    'unit_pair_weeks'
] -%}
-- depends_on: {{ ref(model) }}
{% endfor %}

with

builds as (

    select * from {{ ref('int_builds') }}

),

files as (

    select * from {{ ref('stg_tacit__files') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

last_files as (

    select
        coalesce(max(file_id), 0) as last_file_id,
        count_if(format not in {{ registers() }}) as event_files
    from files

),

last_builds as (

    select * from builds
    qualify build = max(build) over ()

)

select
    last_builds.build,
    last_builds.run_id,
    last_builds.code,
    last_builds.state,
    last_files.last_file_id,
    last_files.event_files,
    coverage.first_date,
    coverage.last_date
from last_builds
cross join last_files
left join coverage
    on true
