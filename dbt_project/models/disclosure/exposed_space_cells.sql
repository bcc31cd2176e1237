{# What people have in a space of a week is added up: what they contribute, and ask. #}
with

contributions as (

    select * from {{ ref('int_space_contributions') }}
    where space_id is not null

),

questions as (

    select * from {{ ref('int_questions') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

numbers as materialized (

    select
        space_id,
        'contributions' as metric,
        person_id,
        contributions as number,
        week_start
    from contributions

    union all

    select
        space_id,
        'questions' as metric,
        asker_id as person_id,
        count(*) as number,
        week_start
    from questions
    group by
        space_id,
        asker_id,
        week_start

),

largest as (

    select
        space_id,
        metric,
        sum(number) as total,
        max(number, 2) as largest,
        week_start
    from numbers
    group by
        space_id,
        metric,
        week_start

),

movements as (

    select
        coalesce(this_week.space_id, last_week.space_id) as space_id,
        coalesce(this_week.metric, last_week.metric) as metric,
        {{ movement('this_week.number', 'last_week.number') }} as movement,
        coalesce(this_week.week_start, last_week.week_start + 7) as week_start
    from numbers as this_week
    full outer join numbers as last_week
        on
            this_week.space_id = last_week.space_id
            and this_week.metric = last_week.metric
            and this_week.person_id = last_week.person_id
            and this_week.week_start = last_week.week_start + 7
    group by
        coalesce(this_week.space_id, last_week.space_id),
        coalesce(this_week.metric, last_week.metric),
        coalesce(this_week.week_start, last_week.week_start + 7)

),

exposed as (

    select
        space_id,
        metric,
        week_start
    from largest
    where
        {{ is_nearly_one_number('total', 'largest') }}

    union all

    select
        movements.space_id,
        movements.metric,
        movements.week_start
    from movements
    cross join parameters
    where
        {{ is_nearly_of_who_moved('movements.movement', 'parameters.min_group_size') }}

)

select distinct
    space_id,
    metric,
    week_start
from exposed
