{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where
        team is not null
        and {{ is_changed('week_start', 'weeks') }}

),

departments as (

    select
        team,
        department,
        count(*) as people,
        week_start
    from person_weeks
    group by
        team,
        department,
        week_start

),

{# The department of most of the team's people; of equals the first in the alphabet. #}
team_weeks as (

    select
        -- units
        team,
        department,

        -- numbers
        sum(people) over (partition by team, week_start)::integer as people,

        -- flags
        count(department) over (partition by team, week_start) > 1 as spans_departments,

        -- dates
        week_start
    from departments
    qualify row_number() over (
        partition by team, week_start
        order by department is null asc, people desc, department asc
    ) = 1

)

select * from team_weeks
