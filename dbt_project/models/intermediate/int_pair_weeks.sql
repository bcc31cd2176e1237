{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

pair_days as (

    select * from {{ ref('int_pair_days') }}
    where {{ is_changed('week_start', 'weeks') }}

),

pair_weeks as (

    select
        -- ids
        party_a_id,
        party_b_id,

        -- text
        kind,

        -- numbers
        sum(interactions)::integer as interactions,
        sum(a_to_b_interactions)::integer as a_to_b_interactions,
        sum(b_to_a_interactions)::integer as b_to_a_interactions,
        sum(newman_weight) as newman_weight,
        sum(shared_minutes) as shared_minutes,

        -- times
        week_start
    from pair_days
    group by
        week_start,
        party_a_id,
        party_b_id,
        kind

)

{# In the order of pairs, what is then grouped by pair finds its group in the cache, and
   the table takes half the room. #}
select * from pair_weeks
order by
    party_a_id,
    party_b_id,
    week_start
