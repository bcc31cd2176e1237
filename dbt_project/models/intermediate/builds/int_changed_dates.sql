{#
    A date changes by its events or by what the roster says of it; in a whole build all
    dates do.
#}
{{ config(
    materialized='recomputed', unique_key='build', meta={'recomputes': 'builds'}
) }}
{%- set is_whole = builds_anew() %}
{%- set roster_before = of_last_build('int_built_roster') %}

with

builds as (

    select * from {{ ref('int_builds') }}
    where build = ({{ changed('builds') }})

),

events as (

    select * from {{ ref('int_events_merged') }}

),

{% if is_whole -%}
changed_dates as (

    select
        events.date,
        builds.whole_because as reasons
    from events
    cross join builds
    group by
        events.date,
        builds.whole_because

)
{%- else -%}
changed_events as (

    select * from {{ ref('int_changed_events') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

span as (

    select
        {{ week_start('least(min(events.date), min(parameters.coverage_from))') }}
            as first_date,
        {{ week_start('greatest(max(events.date), max(parameters.coverage_to))') }} + 6
            as last_date
    from events
    cross join parameters

),

event_dates as (

    select
        date_before as date,
        reason
    from changed_events
    where date_before is not null

    union all

    select
        events.date,
        changed_events.reason
    from changed_events
    inner join events
        on changed_events.event_id = events.event_id

),

{# When a period holds is no part of what it says. #}
said_now as (

    select
        hash(*columns(* exclude (valid_from, valid_to)))::hugeint as content,
        valid_from,
        valid_to
    from roster_periods

),

said_before as (

    select
        hash(*columns(* exclude (valid_from, valid_to)))::hugeint as content,
        valid_from,
        valid_to
    from {{ roster_before or ref('int_roster_periods') }}

),

{# What the roster says on a day is the sum of what has begun by then, less what has ended.
   Where today's sum less that of before is not 0, it says something else. #}
bounds as (

    select
        bound,
        sum(sum(content)) over (order by bound) as difference,
        lead(bound, 1, {{ end_of_time() }}) over (order by bound) as next_bound
    from (
        select
            valid_from as bound,
            content
        from said_now

        union all

        select
            valid_to as bound,
            -content as content
        from said_now

        union all

        select
            valid_from as bound,
            -content as content
        from said_before

        union all

        select
            valid_to as bound,
            content
        from said_before
    )
    group by bound

),

roster_dates as (

    select
        unnest(
            generate_series(
                greatest(bounds.bound, span.first_date),
                least(bounds.next_bound - 1, span.last_date),
                interval 1 day
            )
        )::date as date,
        'roster' as reason
    from bounds
    cross join span
    where
        bounds.difference != 0
        and bounds.bound <= span.last_date
        and bounds.next_bound > span.first_date

),

changed_dates as (

    select
        date,
        string_agg(distinct reason, ', ' order by reason) as reasons
    from (
        select
            date,
            unnest(string_split(reason, ', ')) as reason
        from event_dates

        union all

        select
            date,
            reason
        from roster_dates
    )
    group by date

)
{%- endif %}

select
    builds.build,
    builds.run_id,
    changed_dates.date,
    changed_dates.reasons
from changed_dates
cross join builds
