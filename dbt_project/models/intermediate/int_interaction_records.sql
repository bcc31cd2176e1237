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
        space_id
    from {{ ref('stg_interaction_csv__rows') }}

)

select * from interaction_csv_records
