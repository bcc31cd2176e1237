with

sessions as (

    select * from {{ ref('int_sessions') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}
    where party_kind = 'person'

),

session_people as (

    select
        sessions.session_id,
        sessions.week_start,
        participants.party_id as person_id,
        max(participants.present_minutes) as present_minutes,
        bool_or(participants.role = 'source') as has_led
    from sessions
    inner join participants
        on sessions.session_id = participants.event_id
    group by
        sessions.session_id,
        sessions.week_start,
        participants.party_id

),

learning as (

    select
        person_id,
        sum(present_minutes::decimal(30, 12))::double as learning_minutes,
        count_if(has_led) as sessions_led,
        count_if(not has_led) as sessions_attended,
        week_start
    from session_people
    group by
        person_id,
        week_start

)

select * from learning
