with

events as (

    select * from {{ ref('int_events') }}
    where space_id is not null

),

participants as (

    select * from {{ ref('int_event_participants') }}

),

space_members as (

    select distinct
        events.space_id,
        participants.party_id,
        'participation' as basis,
        participants.date as seen_on
    from participants
    inner join events
        on participants.event_id = events.event_id

)

select * from space_members
