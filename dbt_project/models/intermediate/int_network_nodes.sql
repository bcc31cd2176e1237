{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# The network of a month is that of its last week. `node` numbers its people from 0. #}
with

weeks as (

    select * from {{ ref('int_weeks') }}
    where
        is_last_of_month
        and is_window_in_coverage
        and {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select person_weeks.*
    from {{ ref('int_person_weeks') }} as person_weeks
    semi join weeks
        on person_weeks.week_start = weeks.week_start

),

contacts as (

    select contacts.*
    from {{ ref('int_person_contacts') }} as contacts
    semi join weeks
        on contacts.week_start = weeks.week_start

),

degrees as (

    select
        person_id,
        week_start,
        count(*)::integer as degree
    from contacts
    group by
        person_id,
        week_start

),

nodes as (

    select
        person_weeks.person_id,
        (
            row_number() over (
                partition by person_weeks.week_start
                order by person_weeks.person_id
            ) - 1
        )::integer as node,
        person_weeks.department,
        coalesce(degrees.degree, 0) as degree,
        person_weeks.week_start
    from person_weeks
    left join degrees
        on
            person_weeks.person_id = degrees.person_id
            and person_weeks.week_start = degrees.week_start

)

select * from nodes
