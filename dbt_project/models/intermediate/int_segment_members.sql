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

    {% for segment_type, segment_value in [
        ('organisation', "'all'"),
        ('team', 'team'),
        ('department', 'department'),
        ('discipline', 'discipline'),
        ('location', 'location'),
        ('work_mode', 'work_mode'),
        ('tenure_band', 'tenure_band')
    ] -%}
    select
        '{{ segment_type }}' as segment_type,
        {{ segment_value }} as segment_value,
        person_id,
        week_start
    from person_weeks
    where {{ segment_value }} is not null

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

)

select * from segment_members
