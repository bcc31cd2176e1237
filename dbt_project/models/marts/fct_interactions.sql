{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        kind = 'person_person'
        and {{ is_changed('week_start', 'weeks') }}

),

facts as (

    select
        -- ids
        party_a_id as person_a_id,
        party_b_id as person_b_id,

        -- text
        channel,
        ranks_above,
        lifting_class,

        -- numbers
        events,
        interactions,
        a_to_b_interactions,
        b_to_a_interactions,
        newman_weight::double as newman_weight,
        shared_minutes::double as shared_minutes,

        -- dates
        date,
        week_start
    from pair_days

)

select * from facts
