with

records as (

    select * from {{ ref('int_interaction_records') }}

),

channels as (

    select * from {{ ref('channels') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

human_kinds as (

    select unnest(['person', 'internal_unknown', 'external']) as party_kind

),

parties as (

    select
        event_id,
        source_party_id as party_id,
        source_party_kind as party_kind
    from records

    union all

    select
        event_id,
        target_party_id as party_id,
        target_party_kind as party_kind
    from records
    where target_party_id is not null

),

participant_counts as (

    select
        parties.event_id,
        count(distinct parties.party_id) as participant_count
    from parties
    semi join human_kinds
        on parties.party_kind = human_kinds.party_kind
    group by parties.event_id

),

{# Observations of one event merge by rules that know no order: the earliest time, the most minutes,
   any word that it was mutual. #}
merged_records as (

    select
        event_id,
        min(channel) as channel,
        min(source_name) as source_name,
        min(source_party_id) as source_party_id,
        min(occurred_at) as occurred_at,
        max(minutes) as minutes,
        bool_or(is_mutual) as is_mutual,
        bool_or(target_party_kind = 'list') as has_unknown_group,
        min(space_id) as space_id
    from records
    group by event_id

),

dated_events as (

    select
        merged_records.*,
        {{ organisation_date('merged_records.occurred_at', 'parameters.timezone') }} as date
    from merged_records
    cross join parameters

),

events as (

    select
        -- ids
        dated_events.event_id,
        dated_events.source_name,
        case
            when channels.has_actor and not (channels.is_mutual is null and dated_events.is_mutual)
                then dated_events.source_party_id
        end as actor_party_id,
        dated_events.space_id,
        null::bigint as thread_id,
        null::bigint as reply_to_id,
        null::bigint as programme_id,
        null::bigint as session_id,

        -- text
        dated_events.channel,

        -- numbers
        dated_events.minutes,
        coalesce(participant_counts.participant_count, 0)::integer as participant_count,

        -- flags
        coalesce(dated_events.has_unknown_group, false) as has_unknown_group,
        coalesce(channels.is_mutual, dated_events.is_mutual) as is_mutual,
        null::boolean as is_question,

        -- times
        dated_events.occurred_at,
        dated_events.date,
        {{ week_start('dated_events.date') }} as week_start
    from dated_events
    inner join channels
        on dated_events.channel = channels.channel
    left join participant_counts
        on dated_events.event_id = participant_counts.event_id

)

select * from events
