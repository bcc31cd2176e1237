with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

{# Weeks that follow on one another are as far from their numbers: what is left of them
   is the same for all weeks of a span. #}
numbered as (

    select
        person_id,
        week_start,
        row_number() over (partition by person_id order by week_start) as week_number
    from person_weeks

),

spans as (

    select
        -- ids
        person_id,

        -- dates
        min(week_start) as first_week,
        max(week_start) as last_week
    from numbered
    group by
        person_id,
        week_start - (7 * week_number)::integer

)

select * from spans
