{{ config(
    materialized='recomputed',
    unique_key="date_trunc('week', seen_on)::date", meta={'recomputes': 'weeks'}
) }}

with

events as (

    select * from {{ ref('int_events') }}
    where
        space_id is not null
        and {{ is_changed('week_start', 'weeks') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}
    where {{ is_changed(week_start('date'), 'weeks') }}

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
