{{ config(
    materialized='incremental', incremental_strategy='append', full_refresh=false
) }}

with

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

sources as (

    select * from {{ ref('stg_tacit__sources') }}

),

files as (

    select * from {{ ref('stg_tacit__files') }}

),

source_states as (

    select string_agg(sources::varchar, ' ' order by source_name) as sources_state
    from sources

),

last_begun as (

    {% if is_incremental() -%}
    select coalesce(max(build), 0) as build from {{ this }}
    {%- else -%}
    select 0 as build
    {%- endif %}

),

{%- set last_built = of_last_build('int_built') if is_incremental() else none %}

last_built as (

    {% if last_built is not none -%}
    select
        build,
        code,
        state,
        last_file_id,
        event_files
    from {{ last_built }}
    {%- else -%}
    select
        null::integer as build,
        null::varchar as code,
        null::varchar as state,
        null::bigint as last_file_id,
        null::bigint as event_files
    {%- endif %}

),

{# A file that is read anew, or has gone, leaves no trace by which its events are
   found. #}
kept_files as (

    select count(*) as event_files
    from files
    inner join last_built
        on files.file_id <= last_built.last_file_id
    where files.format not in {{ registers() }}

),

states as (

    select
        parameters.run_id,
        '{{ code_fingerprint() }}' as code,
        concat_ws(
            ' ',
            parameters.fingerprint,
            parameters.code_fingerprint,
            source_states.sources_state
        ) as state
    from parameters
    cross join source_states

),

builds as (

    select
        (last_begun.build + 1)::integer as build,
        states.run_id,
        states.code,
        states.state,
        case
            when last_begun.build = 0 then 'first'
            when coalesce(last_built.build, 0) != last_begun.build then 'unfinished'
            when last_built.code != states.code then 'code'
            when last_built.state != states.state then 'parameter'
            when last_built.event_files != kept_files.event_files then 'file'
        end as whole_because
    from states
    cross join last_begun
    cross join kept_files
    left join last_built
        on true

)

select
    build,
    run_id,
    code,
    state,
    whole_because,
    whole_because is not null as is_whole
from builds
