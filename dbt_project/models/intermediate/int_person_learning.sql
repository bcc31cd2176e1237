with

sessions as (

    select * from {{ ref('int_events') }}
    where channel in ('mentoring', 'learning_session')

),

participants as (

    select
        event_id,
        party_id,
        max(present_minutes) as present_minutes,
        bool_or(role = 'source') as has_led
    from {{ ref('int_event_participants') }}
    where party_kind = 'person'
    group by
        event_id,
        party_id

),

learning as (

    select
        participants.party_id as person_id,
        sum(participants.present_minutes) as learning_minutes,
        count_if(participants.has_led) as sessions_led,
        count_if(not participants.has_led) as sessions_attended,
        sessions.week_start
    from sessions
    inner join participants
        on sessions.event_id = participants.event_id
    group by
        participants.party_id,
        sessions.week_start

)

select * from learning
