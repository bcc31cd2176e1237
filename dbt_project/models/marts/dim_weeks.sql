with

weeks as (

    select * from {{ ref('int_weeks') }}

)

select
    week_start,
    week_end,
    window_start,
    is_window_in_coverage,
    is_first_week,
    is_last_week,
    is_last_of_month,
    isoyear(week_start)::integer as iso_year,
    week(week_start)::integer as iso_week,
    date_trunc('month', week_end)::date as month_start
from weeks
