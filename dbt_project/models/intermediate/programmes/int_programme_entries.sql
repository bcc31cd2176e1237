{# A person's first enrolment in a programme counts. #}
with

enrolments as (

    select * from {{ ref('int_enrolments') }}
    where programme_type is not null

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

first_enrolments as (

    select
        programme_id,
        person_id,
        any_value(programme_type) as programme_type,
        min(starts_on) as starts_on
    from enrolments
    group by
        programme_id,
        person_id

),

{# The hire is that of the first day, for who is not valid then that of the nearest. #}
hires as (

    select
        first_enrolments.*,
        roster_periods.hired_on,
        coalesce(
            first_enrolments.starts_on - roster_periods.hired_on < 8 * 7, false
        ) as is_newcomer
    from first_enrolments
    left join roster_periods
        on first_enrolments.person_id = roster_periods.person_id
    qualify row_number() over (
        partition by first_enrolments.programme_id, first_enrolments.person_id
        order by
            {{ days_outside('first_enrolments.starts_on', 'roster_periods') }},
            roster_periods.valid_from desc
    ) = 1

),

reckoned as (

    select
        *,
        case when is_newcomer then greatest(hired_on, starts_on) else starts_on end
            as reckoned_from
    from hires

),

entries as (

    select
        -- ids
        programme_id,
        person_id,

        -- text
        programme_type,
        case when is_newcomer then 'newcomer' else 'change' end as design,

        -- dates
        starts_on,
        hired_on,
        {{ week_start('reckoned_from') }} - 1 as frozen_on
    from reckoned

)

select * from entries
