with

team_weeks as (

    select * from {{ ref('int_team_weeks') }}

),

teams as (

    select
        team,
        department,
        people,
        spans_departments,
        min(week_start) over (partition by team) as first_week_start,
        week_start as last_week_start
    from team_weeks
    qualify week_start = max(week_start) over (partition by team)

)

select * from teams
