{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

events as (

    select * from {{ ref('int_events') }}
    where {{ is_changed('week_start', 'weeks') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}
    where {{ is_changed(week_start('date'), 'weeks') }}

),

event_weeks as (

    select
        source_name,
        min(date) as first_event_date,
        max(date) as last_event_date,
        count(*) as events,
        week_start
    from events
    group by
        source_name,
        week_start

),

participant_weeks as (

    select
        events.source_name,
        count(distinct participants.party_id) filter (participants.is_valid_person)
            as persons_resolved,
        count_if(participants.party_kind = 'internal_unknown')
            as unresolved_participations,
        count(*) as participations,
        events.week_start
    from participants
    inner join events
        on participants.event_id = events.event_id
    group by
        events.source_name,
        events.week_start

),

source_weeks as (

    select
        -- source
        event_weeks.source_name,

        -- numbers
        event_weeks.events,
        coalesce(participant_weeks.persons_resolved, 0) as persons_resolved,
        coalesce(participant_weeks.unresolved_participations, 0)
            as unresolved_participations,
        coalesce(participant_weeks.participations, 0) as participations,

        -- dates
        event_weeks.first_event_date,
        event_weeks.last_event_date,
        event_weeks.week_start
    from event_weeks
    left join participant_weeks
        on
            event_weeks.source_name = participant_weeks.source_name
            and event_weeks.week_start = participant_weeks.week_start

)

select * from source_weeks
