{{ config(
    materialized='recomputed',
    unique_key="date_trunc('week', date)::date", meta={'recomputes': 'weeks'}
) }}

with

events as (

    select * from {{ ref('int_events') }}
    where {{ is_changed('week_start', 'weeks') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

activity_days as (

    select
        -- ids
        events.actor_party_id as party_id,
        events.space_id,

        -- text
        events.channel,

        -- numbers
        count(*)::integer as events,
        count_if(events.channel != 'reaction')::integer as contributions,
        count(*) filter (events.thread_id = events.event_id)::integer
            as threads_started,
        count_if(events.reply_to_id is not null)::integer as replies,

        -- times
        events.date
    from events
    inner join coverage
        on events.date between coverage.first_date and coverage.last_date
    where events.actor_party_id is not null
    group by
        events.date,
        events.actor_party_id,
        events.space_id,
        events.channel

)

select * from activity_days
