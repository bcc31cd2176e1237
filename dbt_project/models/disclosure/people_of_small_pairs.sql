{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# Of a pair of departments with few people of a side: who they are, on both sides. #}
with

small_pairs as (

    select
        unit_pair_weeks.from_unit,
        unit_pair_weeks.to_unit,
        unit_pair_weeks.week_start
    from {{ ref('fct_unit_pair_weeks') }} as unit_pair_weeks
    cross join {{ ref('dim_parameters') }} as parameters
    where
        unit_pair_weeks.unit_type = 'department'
        and least(unit_pair_weeks.people_from, unit_pair_weeks.people_to)
        < parameters.min_group_size
        and {{ is_changed('unit_pair_weeks.week_start', 'windows') }}

),

ties as (

    select * from {{ ref('int_ties') }}
    where
        kind = 'person_person'
        and {{ is_changed('week_start', 'windows') }}

),

departments as (

    select
        person_id,
        department,
        week_start
    from {{ ref('fct_person_weeks') }}
    where
        department is not null
        and {{ is_changed('week_start', 'windows') }}

),

pairs as (

    select
        departments_a.person_id as person_a_id,
        departments_b.person_id as person_b_id,
        departments_a.department as department_a,
        departments_b.department as department_b,
        ties.is_tied,
        ties.week_start
    from ties
    inner join departments as departments_a
        on
            ties.party_a_id = departments_a.person_id
            and ties.week_start = departments_a.week_start
    inner join departments as departments_b
        on
            ties.party_b_id = departments_b.person_id
            and ties.week_start = departments_b.week_start
    semi join small_pairs
        on
            departments_a.department = small_pairs.from_unit
            and departments_b.department = small_pairs.to_unit
            and ties.week_start = small_pairs.week_start

),

sides as (

    select
        person_a_id as person_id,
        department_a as from_department,
        department_b as to_department,
        is_tied,
        week_start
    from pairs

    union all

    select
        person_b_id as person_id,
        department_b as from_department,
        department_a as to_department,
        is_tied,
        week_start
    from pairs

)

select
    person_id,
    from_department,
    to_department,
    bool_or(is_tied) as is_tied,
    week_start
from sides
group by
    person_id,
    from_department,
    to_department,
    week_start
