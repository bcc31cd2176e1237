with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where team is not null

),

last_weeks as (

    select
        team,
        min(week_start) as first_week_start,
        max(week_start) as last_week_start
    from person_weeks
    group by team

),

departments as (

    select
        last_weeks.team,
        person_weeks.department,
        count(*) as people
    from last_weeks
    inner join person_weeks
        on
            last_weeks.team = person_weeks.team
            and last_weeks.last_week_start = person_weeks.week_start
    group by
        last_weeks.team,
        person_weeks.department

),

{# The department of most of the team's people; of equals the first in the alphabet. #}
main_departments as (

    select
        team,
        department,
        count(department) over (partition by team) > 1 as spans_departments,
        sum(people) over (partition by team)::integer as people
    from departments
    qualify row_number() over (
        partition by team order by department is null asc, people desc, department asc
    ) = 1

),

teams as (

    select
        main_departments.team,
        main_departments.department,
        main_departments.people,
        main_departments.spans_departments,
        last_weeks.first_week_start,
        last_weeks.last_week_start
    from main_departments
    inner join last_weeks
        on main_departments.team = last_weeks.team

)

select * from teams
