with

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

{# Who is hired again is a newcomer by the last time. #}
hires as (

    select
        person_id,
        max(hired_on) as hired_on
    from roster_periods
    group by person_id

)

select
    hires.person_id,
    hires.hired_on
from hires
inner join coverage
    on hires.hired_on between coverage.first_date and coverage.last_date
