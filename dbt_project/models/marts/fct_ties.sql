{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

ties as (

    select * from {{ ref('int_ties') }}
    where
        is_tied
        and kind = 'person_person'
        and {{ is_changed('week_start', 'windows') }}

),

facts as (

    select
        -- ids
        party_a_id as person_a_id,
        party_b_id as person_b_id,

        -- numbers
        interactions,
        newman_weight::double as newman_weight,
        shared_minutes::double as shared_minutes,

        -- flags
        is_reciprocal,

        -- dates
        week_start
    from ties

)

select * from facts
