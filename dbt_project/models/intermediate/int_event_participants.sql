with

records as (

    select * from {{ ref('int_interaction_records') }}

),

events as (

    select * from {{ ref('int_events') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

{# Each kind of record has its roles; a party holds a role in an event once. #}
roles as (

    select
        event_id,
        source_party_id as party_id,
        source_party_kind as party_kind,
        'source' as role
    from records

    union

    select
        event_id,
        target_party_id as party_id,
        target_party_kind as party_kind,
        'target' as role
    from records
    where target_party_id is not null

),

participants as (

    select
        -- ids
        events.event_id,
        roles.party_id,

        -- text
        roles.role,
        roles.party_kind,
        null::varchar as response,

        -- numbers
        events.minutes as present_minutes,

        -- flags
        roster_periods.person_id is not null as is_valid_person,

        -- times
        events.date
    from roles
    inner join events
        on roles.event_id = events.event_id
    left join roster_periods
        on
            roles.party_id = roster_periods.person_id
            and roster_periods.valid_from <= events.date
            and roster_periods.valid_to > events.date
    where roles.party_kind in ('person', 'internal_unknown', 'external')

)

select * from participants
