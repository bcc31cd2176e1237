{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# The second largest knows his own number: left for him to guess is what all the others
   have together. #}
with

counted_people as (

    select * from {{ ref('counted_people') }}
    where {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

unit_pair_weeks as (

    select * from {{ ref('fct_unit_pair_weeks') }}
    where
        unit_type = 'department'
        and ties > 0
        and {{ is_changed('week_start', 'windows') }}

),

withheld_pair_cells as (

    select * from {{ ref('withheld_pair_cells') }}
    where
        rests_on = 'ties'
        and {{ is_changed('week_start', 'windows') }}

),

members as (

    {{ segment_members('counted_people', ['person_id', 'counts_in', 'week_start']) }}

),

largest as (

    select
        members.segment_type,
        members.segment_value,
        {% for measure in segment_measures() -%}
        {% set counts = 'members.counts_in.' ~ measure ~ '_people' -%}
        {% set number = exactly('person_weeks.' ~ measure) -%}
        sum({{ number }}) filter ({{ counts }}) as {{ measure }},
        max({{ number }}, 2) filter ({{ counts }}) as largest_{{ measure }},
        {% endfor -%}
        members.week_start
    from members
    inner join person_weeks
        on
            members.person_id = person_weeks.person_id
            and members.week_start = person_weeks.week_start
    group by
        members.segment_type,
        members.segment_value,
        members.week_start

),

{# All ties of a department together are the network sizes of its people. #}
departments_without_a_pair as (

    select
        unit_pair_weeks.from_unit as department,
        unit_pair_weeks.week_start
    from unit_pair_weeks
    left join withheld_pair_cells
        on
            unit_pair_weeks.from_unit = withheld_pair_cells.from_department
            and unit_pair_weeks.to_unit = withheld_pair_cells.to_department
            and unit_pair_weeks.week_start = withheld_pair_cells.week_start
    group by
        unit_pair_weeks.from_unit,
        unit_pair_weeks.week_start
    having bool_and(withheld_pair_cells.week_start is not null)

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
        {{ measure }} > 0
        and {{ measure }} - list_sum(largest_{{ measure }})
        < {{ guessed_within() }} * largest_{{ measure }}[1]

    union all

    {% endfor -%}
    select
        'department' as segment_type,
        department as segment_value,
        'network_size_people' as rests_on,
        week_start
    from departments_without_a_pair

)

select distinct
    segment_type,
    segment_value,
    rests_on,
    week_start
from exposed
