{{ config(materialized='recomputed', unique_key='date', meta={'recomputes': 'dates'}) }}

with

events as (

    select * from {{ ref('int_events_merged') }}
    where {{ is_changed('date', 'dates') }}

),

records as (

    select * from {{ ref('int_interaction_records') }}
    {%- if is_recomputing() %}
    where event_id in (select event_id from events)
    {%- endif %}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

record_parties as (

    select
        event_id,
        source_party_id as party_id,
        source_party_kind as party_kind,
        true as is_source,
        false as is_target
    from records

    union all

    select
        event_id,
        target_party_id as party_id,
        target_party_kind as party_kind,
        false as is_source,
        true as is_target
    from records
    where target_party_id is not null

),

{# No bots, rooms or lists. #}
event_parties as (

    select
        event_id,
        party_id,
        any_value(party_kind) as party_kind,
        bool_or(is_source) as is_source,
        bool_or(is_target) as is_target
    from record_parties
    where party_kind in ('person', 'internal_unknown', 'external')
    group by
        event_id,
        party_id

),

{# A party holds each of its roles once, and is counted in the first of them. #}
event_roles as (

    select
        event_id,
        party_id,
        party_kind,
        'source' as role,
        true as is_counted
    from event_parties
    where is_source

    union all

    select
        event_id,
        party_id,
        party_kind,
        'target' as role,
        not is_source as is_counted
    from event_parties
    where is_target

),

participants as (

    select
        -- ids
        events.event_id,
        event_roles.party_id,

        -- text
        event_roles.role,
        event_roles.party_kind,
        null::varchar as response,

        -- numbers
        events.minutes as present_minutes,

        -- flags
        event_roles.is_counted,
        roster_periods.person_id is not null as is_valid_person,

        -- times
        events.date
    from event_roles
    inner join events
        on event_roles.event_id = events.event_id
    left join roster_periods
        on
            event_roles.party_id = roster_periods.person_id
            and roster_periods.valid_from <= events.date
            and roster_periods.valid_to > events.date

)

select * from participants
