{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'next'}
) }}
with

{# A week, and the one before it. #}
counted_people as (

    select * from {{ ref('counted_people') }}
    where
        {{ is_changed('week_start', 'next') }}
        or {{ is_changed('week_start + 7', 'next') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}
    where
        {{ is_changed('week_start', 'next') }}
        or {{ is_changed('week_start + 7', 'next') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

members as (

    {{ segment_members('counted_people', ['person_id', 'counts_in', 'week_start']) }}

),

{# The number of whoever counts, NULL of whoever does not. #}
member_weeks as materialized (

    select
        members.segment_type,
        members.segment_value,
        members.person_id,
        {% for measure in segment_measures() -%}
        case
            when members.counts_in['{{ measure }}_people']
                then {{ exactly('person_weeks.' ~ measure) }}
        end as {{ measure }},
        {% endfor -%}
        members.week_start
    from members
    inner join person_weeks
        on
            members.person_id = person_weeks.person_id
            and members.week_start = person_weeks.week_start

),

largest as (

    select
        segment_type,
        segment_value,
        {% for measure in segment_measures() -%}
        sum({{ measure }}) as {{ measure }},
        max({{ measure }}, 2) as largest_{{ measure }},
        {% endfor -%}
        week_start
    from member_weeks
    where {{ is_changed('week_start', 'next') }}
    group by
        segment_type,
        segment_value,
        week_start

),

{% set later = 'coalesce(this_week.week_start, last_week.week_start + 7)' %}
movements as (

    select
        coalesce(this_week.segment_type, last_week.segment_type) as segment_type,
        coalesce(this_week.segment_value, last_week.segment_value) as segment_value,
        {% for measure in segment_measures() -%}
        {% set now, before = 'this_week.' ~ measure, 'last_week.' ~ measure -%}
        {{ movement(now, before) }} as {{ measure }},
        {% endfor -%}
        {{ later }} as week_start
    from member_weeks as this_week
    full outer join member_weeks as last_week
        on
            this_week.segment_type = last_week.segment_type
            and this_week.segment_value = last_week.segment_value
            and this_week.person_id = last_week.person_id
            and this_week.week_start = last_week.week_start + 7
    where {{ is_changed(later, 'next') }}
    group by
        coalesce(this_week.segment_type, last_week.segment_type),
        coalesce(this_week.segment_value, last_week.segment_value),
        {{ later }}

),

exposed as (

    {% for measure in segment_measures() -%}
    select
        segment_type,
        segment_value,
        '{{ measure }}_people' as rests_on,
        week_start
    from largest
    where
        {{ is_nearly_one_number(measure, 'largest_' ~ measure) }}

    union all

    select
        movements.segment_type,
        movements.segment_value,
        '{{ measure }}_people' as rests_on,
        movements.week_start
    from movements
    cross join parameters
    where
        {{ is_nearly_of_who_moved(
            'movements.' ~ measure, 'parameters.min_group_size'
        ) }}

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

)

select distinct
    segment_type,
    segment_value,
    rests_on,
    week_start
from exposed
