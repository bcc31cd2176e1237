with

events as (

    select * from {{ ref('int_events') }}
    where session_id is not null

),

sessions as (

    select
        -- ids
        session_id,
        programme_id,

        -- text
        channel as kind,

        -- numbers
        minutes,
        participant_count,

        -- flags
        true as was_held,

        -- times
        date,
        week_start
    from events

)

select * from sessions
