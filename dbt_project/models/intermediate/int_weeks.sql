with

coverage as (

    select * from {{ ref('int_coverage') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

mondays as (

    select
        unnest(range(first_date, last_date, interval 7 day))::date as week_start,
        first_date,
        last_date
    from coverage

),

weeks as (

    select
        mondays.week_start,
        mondays.week_start + 6 as week_end,
        mondays.week_start - 7 * (parameters.tie_window_weeks - 1) as window_start,
        mondays.week_start - 7 * (parameters.tie_window_weeks - 1)
        >= mondays.first_date as is_window_in_coverage,
        mondays.week_start = mondays.first_date as is_first_week,
        mondays.week_start + 6 = mondays.last_date as is_last_week,
        month(mondays.week_start + 6) != month(mondays.week_start + 13)
            as is_last_of_month
    from mondays
    cross join parameters

)

select * from weeks
