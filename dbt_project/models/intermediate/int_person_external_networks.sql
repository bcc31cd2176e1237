{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

external_ties as (

    select * from {{ ref('int_ties') }}
    where
        is_tied
        and kind = 'person_external'
        and {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

sides as (

    select
        party_a_id as party_id,
        week_start
    from external_ties

    union all

    select
        party_b_id as party_id,
        week_start
    from external_ties

),

{# One side of such a pair is a person, the other never is. #}
external_networks as (

    select
        person_weeks.person_id,
        count(*) as external_network_size,
        person_weeks.week_start
    from sides
    inner join person_weeks
        on
            sides.party_id = person_weeks.person_id
            and sides.week_start = person_weeks.week_start
    group by
        person_weeks.person_id,
        person_weeks.week_start

)

select * from external_networks
