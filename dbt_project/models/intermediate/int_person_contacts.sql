{# Each tie seen from both of its persons. #}
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

person_contacts as (

    select
        party_a_id as person_id,
        party_b_id as contact_id,
        is_reciprocal,
        week_start
    from ties

    union all

    select
        party_b_id as person_id,
        party_a_id as contact_id,
        is_reciprocal,
        week_start
    from ties

)

select * from person_contacts
