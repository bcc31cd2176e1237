{# Everybody who is measured in a week of the month, as of the last one with a row. #}
with

person_weeks as (

    select
        *,
        date_trunc('month', week_start + 6)::date as month_start
    from {{ ref('int_person_weeks') }}

)

select
    person_id,
    month_start,
    max(week_start) as week_start
from person_weeks
group by
    person_id,
    month_start
having bool_or(is_measured)
