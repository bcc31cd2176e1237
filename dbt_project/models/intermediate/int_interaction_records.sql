{#
    Where the formats meet: each contributes records of one shape, one row per source
    and target of an event. A further format is one more branch. An event of which
    nobody is known has a row without either; one of a session has one of the two.
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
        false as has_unknown_group,
        null::bigint as programme_id
    from {{ ref('stg_interaction_csv__rows') }}

),

recognition_csv_records as (

    select
        event_id,
        content_hash,
        source_name,
        'recognition' as channel,
        source_party_id,
        source_party_kind,
        target_party_id,
        target_party_kind,
        occurred_at,
        null::double as minutes,
        false as is_mutual,
        null::bigint as space_id,
        null::bigint as thread_id,
        null::bigint as reply_to_id,
        null::boolean as is_question,
        false as has_unknown_group,
        null::bigint as programme_id
    from {{ ref('stg_recognition_csv__rows') }}

),

feedback_csv_records as (

    select
        event_id,
        content_hash,
        source_name,
        'feedback' as channel,
        source_party_id,
        source_party_kind,
        target_party_id,
        target_party_kind,
        occurred_at,
        null::double as minutes,
        false as is_mutual,
        null::bigint as space_id,
        null::bigint as thread_id,
        null::bigint as reply_to_id,
        null::boolean as is_question,
        false as has_unknown_group,
        null::bigint as programme_id
    from {{ ref('stg_feedback_csv__rows') }}

),

session_records as (

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
        true as is_mutual,
        null::bigint as space_id,
        null::bigint as thread_id,
        null::bigint as reply_to_id,
        null::boolean as is_question,
        false as has_unknown_group,
        programme_id
    from {{ ref('int_session_records') }}

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
        has_unknown_group,
        null::bigint as programme_id
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
        false as has_unknown_group,
        null::bigint as programme_id
    from {{ ref('int_stackexchange_records') }}

),

records as (

    select * from interaction_csv_records

    union all

    select * from recognition_csv_records

    union all

    select * from feedback_csv_records

    union all

    select * from session_records

    union all

    select * from slack_records

    union all

    select * from stackexchange_records

)

select * from records
