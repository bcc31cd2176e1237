{#
    A move between two weeks is not to be taken for learning: both are looked at with the
    units, levels and managers of one day. Who is not valid on it stands there as on the
    nearest day on which he is.
#}
with

days as (

    select distinct frozen_on
    from {{ ref('int_effect_candidates') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

frozen_people as (

    select
        -- ids
        roster_periods.person_id,
        roster_periods.manager_id,

        -- text
        roster_periods.team,
        roster_periods.department,

        -- numbers
        roster_periods.job_level,
        roster_periods.reporting_depth,

        -- flags
        roster_periods.manages_somebody,

        -- dates
        days.frozen_on,
        greatest(
            least(days.frozen_on, roster_periods.valid_to - 1),
            roster_periods.valid_from
        ) as as_of
    from days
    cross join roster_periods
    qualify row_number() over (
        partition by days.frozen_on, roster_periods.person_id
        order by
            {{ days_outside('days.frozen_on', 'roster_periods') }},
            roster_periods.valid_from desc
    ) = 1

)

select * from frozen_people
