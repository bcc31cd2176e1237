{# With the month before, a cell says who takes part of a few who have come, or did of a
   few who went: if with nobody else anything has changed. #}
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

before as (

    select * replace ((month_start + interval 1 month)::date as month_start)
    from members

),

movements as (

    select
        coalesce(members.segment_type, before.segment_type) as segment_type,
        coalesce(members.segment_value, before.segment_value) as segment_value,
        {{ movement('members.participants', 'before.participants') }} as movement,
        coalesce(members.month_start, before.month_start) as month_start
    from members
    full outer join before
        on
            members.programme_name = before.programme_name
            and members.person_id = before.person_id
            and members.segment_type = before.segment_type
            and members.segment_value = before.segment_value
            and members.month_start = before.month_start
    group by
        coalesce(members.programme_name, before.programme_name),
        coalesce(members.segment_type, before.segment_type),
        coalesce(members.segment_value, before.segment_value),
        coalesce(members.month_start, before.month_start)

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
