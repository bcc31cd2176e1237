{# With the month before, a cell says who takes part of a few who have come, or who did of
   a few who went: if with nobody else anything has changed. #}
with

programme_numbers as (

    select
        programme_name,
        person_id,
        segments,
        numbers['participants'] as participants,
        month_start
    from {{ ref('programme_numbers') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

segments as (

    select
        programme_name,
        person_id,
        unnest(map_entries(segments)) as segment,
        participants,
        month_start
    from programme_numbers

),

members as materialized (

    select
        programme_name,
        person_id,
        'organisation' as segment_type,
        'all' as segment_value,
        participants,
        month_start
    from programme_numbers

    union all

    select
        programme_name,
        person_id,
        segment.key as segment_type,
        segment.value as segment_value,
        participants,
        month_start
    from segments
    where segment.value is not null

),

{% set later -%}
coalesce(
            this_month.month_start, (last_month.month_start + interval 1 month)::date
        )
{%- endset %}
movements as (

    select
        coalesce(this_month.segment_type, last_month.segment_type) as segment_type,
        coalesce(this_month.segment_value, last_month.segment_value) as segment_value,
        {{ movement('this_month.participants', 'last_month.participants') }} as movement,
        {{ later }} as month_start
    from members as this_month
    full outer join members as last_month
        on
            this_month.programme_name = last_month.programme_name
            and this_month.person_id = last_month.person_id
            and this_month.segment_type = last_month.segment_type
            and this_month.segment_value = last_month.segment_value
            and this_month.month_start
            = (last_month.month_start + interval 1 month)::date
    group by
        coalesce(this_month.programme_name, last_month.programme_name),
        coalesce(this_month.segment_type, last_month.segment_type),
        coalesce(this_month.segment_value, last_month.segment_value),
        {{ later }}

)

select distinct
    movements.segment_type,
    movements.segment_value,
    'eligible' as rests_on,
    movements.month_start
from movements
cross join parameters
where
    {{ is_nearly_of_who_moved('movements.movement', 'parameters.min_group_size') }}
