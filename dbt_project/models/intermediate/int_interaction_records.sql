{#
    Where the formats meet: each contributes records of one shape, one row per source
    and target of an event. A further format is one more branch.
#}
{{ config(materialized='view') }}

with

interaction_csv_records as (

    select
        event_id,
        content_hash,
        source_name,
        channel,
        source_party_id,
        source_party_kind,
        target_party_id,
        target_party_kind,
        occurred_at,
        minutes,
        is_mutual,
        space_id,
        null::bigint as thread_id,
        null::bigint as reply_to_id,
        null::boolean as is_question,
        false as has_unknown_group
    from {{ ref('stg_interaction_csv__rows') }}

),

slack_records as (

    select
        event_id,
        content_hash,
        source_name,
        channel,
        source_party_id,
        source_party_kind,
        target_party_id,
        target_party_kind,
        occurred_at,
        null::double as minutes,
        false as is_mutual,
        space_id,
        thread_id,
        reply_to_id,
        is_question,
        has_unknown_group
    from {{ ref('int_slack_records') }}

),

stackexchange_records as (

    select
        event_id,
        content_hash,
        source_name,
        channel,
        source_party_id,
        source_party_kind,
        target_party_id,
        target_party_kind,
        occurred_at,
        null::double as minutes,
        false as is_mutual,
        space_id,
        thread_id,
        reply_to_id,
        is_question,
        false as has_unknown_group
    from {{ ref('int_stackexchange_records') }}

),

records as (

    select * from interaction_csv_records

    union all

    select * from slack_records

    union all

    select * from stackexchange_records

)

select * from records
