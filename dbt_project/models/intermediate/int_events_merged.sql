{#
    Observations of one event merge by rules that know neither order nor repetition: the
    earliest time, the most minutes, any word that it was mutual.
#}
{{ config(
    materialized='recomputed',
    unique_key='event_id', meta={'recomputes': 'events'}
) }}

with

records as (

    select * from {{ ref('int_interaction_records') }}
    where {{ is_changed('event_id', 'events') }}

),

channels as (

    select * from {{ ref('channels') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

merged_records as (

    select
        event_id,
        min(channel) as channel,
        min(source_name) as source_name,
        min(source_party_id) as source_party_id,
        coalesce(min(source_party_id) != max(source_party_id), false)
            as has_several_sources,
        min(occurred_at) as occurred_at,
        max(minutes) as minutes,
        bool_or(is_mutual) as is_mutual,
        coalesce(bool_or(has_unknown_group or target_party_kind = 'list'), false)
            as has_unknown_group,
        min(space_id) as space_id,
        min(thread_id) as thread_id,
        min(reply_to_id) as reply_to_id,
        bool_or(is_question) as is_question,
        sum(content_hash::hugeint) as records_hash
    from records
    group by event_id

),

events_merged as (

    select
        merged_records.event_id,
        merged_records.channel,
        merged_records.source_name,
        merged_records.source_party_id,
        merged_records.has_several_sources,
        merged_records.occurred_at,
        {{ organisation_date('merged_records.occurred_at', 'parameters.timezone') }}
            as date,
        merged_records.minutes,
        coalesce(channels.is_mutual, merged_records.is_mutual) as is_mutual,
        channels.has_actor
        and not (channels.is_mutual is null and merged_records.is_mutual) as has_actor,
        merged_records.has_unknown_group,
        merged_records.space_id,
        merged_records.thread_id,
        merged_records.reply_to_id,
        merged_records.is_question,
        merged_records.records_hash
    from merged_records
    inner join channels
        on merged_records.channel = channels.channel
    cross join parameters

)

select * from events_merged
