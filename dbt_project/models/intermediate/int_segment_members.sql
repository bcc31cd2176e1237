{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where {{ is_changed('week_start', 'weeks') }}

),

segment_members as (

    {{ segment_members('person_weeks', ['person_id', 'week_start']) }}

)

select * from segment_members
