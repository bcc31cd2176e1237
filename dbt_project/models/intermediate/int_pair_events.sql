{{ config(
    materialized='recomputed',
    unique_key="date_trunc('week', date)::date", meta={'recomputes': 'weeks'}
) }}

with

coverage as (

    select * from {{ ref('int_coverage') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

profile as (

    select
        interaction_profiles.channel,
        interaction_profiles.max_participants,
        interaction_profiles.max_minutes
    from {{ ref('interaction_profiles') }} as interaction_profiles
    inner join parameters
        on interaction_profiles.interaction_profile = parameters.interaction_profile

),

events as (

    select
        events.*,
        channels.pairing,
        not (
            coalesce(events.participant_count > profile.max_participants, false)
            or coalesce(events.minutes > profile.max_minutes, false)
            or events.has_unknown_group
        ) as is_meaningful
    from {{ ref('int_events') }} as events
    inner join coverage
        on events.date between coverage.first_date and coverage.last_date
    inner join {{ ref('channels') }} as channels
        on events.channel = channels.channel
    inner join profile
        on events.channel = profile.channel
    where {{ is_changed('events.week_start', 'weeks') }}

),

participants as (

    select
        event_id,
        party_id,
        role,
        is_counted,
        is_valid_person,
        case
            when is_valid_person then 'person'
            when party_kind = 'external' then 'external'
            else 'unknown'
        end as standing
    from {{ ref('int_event_participants') }}
    where {{ is_changed(week_start('date'), 'weeks') }}

),

sourced_pairs as (

    select
        events.event_id,
        events.date,
        events.channel,
        events.participant_count,
        events.minutes,
        events.is_mutual,
        events.is_meaningful,
        events.has_several_sources,
        least(sources.party_id, targets.party_id) as party_a_id,
        greatest(sources.party_id, targets.party_id) as party_b_id,
        events.is_mutual or sources.party_id < targets.party_id as a_to_b,
        events.is_mutual or sources.party_id > targets.party_id as b_to_a,
        case
            when sources.standing = 'person' then targets.standing else sources.standing
        end
            as other_standing
    from events
    inner join participants as sources
        on events.event_id = sources.event_id
    inner join participants as targets
        on
            events.event_id = targets.event_id
            and sources.party_id != targets.party_id
    where
        events.pairing = 'source_with_targets'
        and sources.role = 'source'
        and targets.role = 'target'
        and (sources.is_valid_person or targets.is_valid_person)

),

{# A broadcast of n people would make n² pair events that count in no number. #}
shared_pairs as (

    select
        events.event_id,
        events.date,
        events.channel,
        events.participant_count,
        events.minutes,
        events.is_mutual,
        events.is_meaningful,
        false as has_several_sources,
        attendees_a.party_id as party_a_id,
        attendees_b.party_id as party_b_id,
        true as a_to_b,
        true as b_to_a,
        case
            when attendees_a.standing = 'person' then attendees_b.standing
            else attendees_a.standing
        end as other_standing
    from events
    inner join participants as attendees_a
        on events.event_id = attendees_a.event_id
    inner join participants as attendees_b
        on
            events.event_id = attendees_b.event_id
            and attendees_a.party_id < attendees_b.party_id
    where
        events.pairing = 'all_pairwise'
        and events.is_meaningful
        and attendees_a.is_counted
        and attendees_b.is_counted
        and (attendees_a.is_valid_person or attendees_b.is_valid_person)

),

all_pairs as (

    select * from sourced_pairs

    union all by name

    select * from shared_pairs

),

{# Both directions meet in an event only where it has several sources. #}
pair_events as (

    select
        event_id,
        party_a_id,
        party_b_id,
        date,
        channel,
        'person_' || other_standing as kind,
        participant_count,
        minutes,
        a_to_b,
        b_to_a,
        is_mutual,
        is_meaningful
    from all_pairs
    where not has_several_sources

    union all

    select
        event_id,
        party_a_id,
        party_b_id,
        any_value(date) as date,
        any_value(channel) as channel,
        'person_' || any_value(other_standing) as kind,
        any_value(participant_count) as participant_count,
        any_value(minutes) as minutes,
        bool_or(a_to_b) as a_to_b,
        bool_or(b_to_a) as b_to_a,
        any_value(is_mutual) as is_mutual,
        any_value(is_meaningful) as is_meaningful
    from all_pairs
    where has_several_sources
    group by
        event_id,
        party_a_id,
        party_b_id

)

select * from pair_events
