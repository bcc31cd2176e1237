{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

weeks as (

    select * from {{ ref('int_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

activity_days as (

    select * from {{ ref('int_active_days') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

{# The row shows the last day of the week on which the person was valid. #}
person_weeks as (

    select
        weeks.week_start,
        weeks.week_end,
        weeks.is_window_in_coverage,
        roster_periods.*,
        least(roster_periods.valid_to - 1, weeks.week_end) as row_date
    from weeks
    inner join roster_periods
        on
            weeks.week_end >= roster_periods.valid_from
            and weeks.week_start < roster_periods.valid_to
    qualify row_number() over (
        partition by roster_periods.person_id, weeks.week_start
        order by roster_periods.valid_from desc
    ) = 1

),

valid_days as (

    select
        weeks.week_start,
        roster_periods.person_id,
        sum(
            least(roster_periods.valid_to, weeks.week_end + 1)
            - greatest(roster_periods.valid_from, weeks.window_start)
        ) as valid_days
    from weeks
    inner join roster_periods
        on
            weeks.week_end >= roster_periods.valid_from
            and weeks.window_start < roster_periods.valid_to
    group by
        weeks.week_start,
        roster_periods.person_id

),

offsets as (

    select unnest(range(parameters.tie_window_weeks)) as weeks_later
    from parameters

),

active_weeks as (

    select distinct
        activity_days.person_id,
        activity_days.week_start + 7 * offsets.weeks_later::integer as week_start
    from activity_days
    cross join offsets
    where
        {{ is_changed(
            'activity_days.week_start + 7 * offsets.weeks_later::integer', 'windows'
        ) }}

),

measured as (

    select
        person_weeks.*,
        person_weeks.is_window_in_coverage
        and valid_days.valid_days
        = person_weeks.week_end - weeks.window_start + 1 as is_full_window,
        active_weeks.person_id is not null as is_active,
        case
            when person_weeks.week_end >= person_weeks.hired_on
                then (person_weeks.week_end - person_weeks.hired_on) // 7
        end as tenure_weeks
    from person_weeks
    inner join weeks
        on person_weeks.week_start = weeks.week_start
    inner join valid_days
        on
            person_weeks.person_id = valid_days.person_id
            and person_weeks.week_start = valid_days.week_start
    left join active_weeks
        on
            person_weeks.person_id = active_weeks.person_id
            and person_weeks.week_start = active_weeks.week_start

)

select
    -- ids
    person_id,
    manager_id,

    -- text
    team,
    department,
    discipline,
    location,
    work_mode,
    case
        when tenure_weeks < 26 then 'under_26_weeks'
        when tenure_weeks < 104 then '26_to_103_weeks'
        when tenure_weeks >= 104 then '104_weeks_and_over'
    end as tenure_band,

    -- numbers
    job_level,
    reporting_depth,
    tenure_weeks::integer as tenure_weeks,

    -- flags
    manages_somebody,
    is_full_window,
    is_active,
    is_full_window and is_active as is_measured,

    -- dates
    row_date,
    week_start
from measured
