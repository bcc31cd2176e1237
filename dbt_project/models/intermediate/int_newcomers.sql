with

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

{# Who is hired again is a newcomer by the last time; what is planned for later has not
   happened. #}
hires as (

    select
        roster_periods.person_id,
        max(roster_periods.hired_on) as hired_on
    from roster_periods
    inner join coverage
        on
            roster_periods.valid_from <= coverage.last_date
            and roster_periods.valid_to > coverage.first_date
    group by roster_periods.person_id

)

select
    hires.person_id,
    hires.hired_on
from hires
inner join coverage
    on hires.hired_on between coverage.first_date and coverage.last_date
