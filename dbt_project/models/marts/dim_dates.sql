with

weeks as (

    select * from {{ ref('dim_weeks') }}

),

dates as (

    select
        unnest(
            range(week_start, week_end + interval 1 day, interval 1 day)
        )::date as date,
        week_start,
        month_start
    from weeks

)

select * from dates
