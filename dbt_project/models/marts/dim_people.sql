with

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

people as (

    select
        -- ids
        roster_periods.person_id,
        roster_periods.manager_id,

        -- units
        roster_periods.team,
        roster_periods.department,
        roster_periods.discipline,
        roster_periods.location,
        roster_periods.work_mode,

        -- rank
        roster_periods.job_level,
        roster_periods.reporting_depth,
        roster_periods.manages_somebody,

        -- findings
        array_to_string(roster_periods.findings, ', ') as findings,

        -- dates
        roster_periods.hired_on,
        roster_periods.left_on,
        {{ open_bound('roster_periods.valid_from') }} as valid_from,
        {{ open_bound('roster_periods.valid_to') }} as valid_to,
        coalesce(
            roster_periods.valid_from <= coverage.last_date
            and roster_periods.valid_to > coverage.last_date,
            false
        ) as is_current
    from roster_periods
    left join coverage
        on true

)

select * from people
