{# Weeks that enter the coverage or leave it change with all their dates. #}
{%- set is_whole = builds_anew() %}
{%- set built = of_last_build('int_built') %}

with

changed_dates as (

    select * from {{ ref('int_changed_dates') }}
    where build = (select max(build) from {{ ref('int_builds') }})

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

weeks_before as (

    {% if is_whole -%}
    select null::date as week_start
    where false
    {%- else -%}
    select unnest(range(first_date, last_date, interval 7 day))::date as week_start
    from {{ built or ref('int_coverage') }}
    {%- endif %}

),

weeks_now as (

    select unnest(range(first_date, last_date, interval 7 day))::date as week_start
    from coverage

),

changed_weeks as (

    select {{ week_start('date') }} as week_start
    from changed_dates

    union

    select coalesce(weeks_now.week_start, weeks_before.week_start) as week_start
    from weeks_now
    full outer join weeks_before
        on weeks_now.week_start = weeks_before.week_start
    where
        weeks_now.week_start is null
        or weeks_before.week_start is null

)

select week_start
from changed_weeks
