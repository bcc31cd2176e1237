{{ config(materialized='recomputed', unique_key='date', meta={'recomputes': 'dates'}) }}

with

events_merged as (

    select * from {{ ref('int_events_merged') }}
    where {{ is_changed('date', 'dates') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}
    where {{ is_changed('date', 'dates') }}

),

participant_counts as (

    select
        event_id,
        count(*) as participant_count
    from participants
    where is_counted
    group by event_id

),

events as (

    select
        -- ids
        events_merged.event_id,
        events_merged.source_name,
        case when events_merged.has_actor then events_merged.source_party_id end
            as actor_party_id,
        events_merged.space_id,
        events_merged.thread_id,
        events_merged.reply_to_id,
        events_merged.programme_id,
        case
            when events_merged.channel in ('mentoring', 'learning_session')
                then events_merged.event_id
        end as session_id,

        -- text
        events_merged.channel,

        -- numbers
        events_merged.minutes,
        coalesce(participant_counts.participant_count, 0)::integer as participant_count,

        -- flags
        events_merged.has_several_sources,
        events_merged.has_unknown_group,
        events_merged.is_mutual,
        events_merged.is_question,

        -- times
        events_merged.occurred_at,
        events_merged.date,
        {{ week_start('events_merged.date') }} as week_start
    from events_merged
    left join participant_counts
        on events_merged.event_id = participant_counts.event_id

)

select * from events
