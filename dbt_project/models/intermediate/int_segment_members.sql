{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where {{ is_changed('week_start', 'weeks') }}

),

{# Who is of unknown value belongs to no segment of that type. #}
segment_members as (

    select
        'organisation' as segment_type,
        'all' as segment_value,
        person_id,
        week_start
    from person_weeks

    {% for segment_type in segment_types() -%}
    union all

    select
        '{{ segment_type }}' as segment_type,
        {{ segment_type }} as segment_value,
        person_id,
        week_start
    from person_weeks
    where {{ segment_type }} is not null

    {% endfor %}
)

select * from segment_members
