{#
    Who is compared with whom is decided later, by what they are like: here is who may be
    compared at all.
#}
with

entries as (

    select * from {{ ref('int_programme_entries') }}

),

enrolments as (

    select * from {{ ref('int_enrolments') }}

),

newcomers as (

    select * from {{ ref('int_newcomers') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

weeks as (

    select * from {{ ref('int_weeks') }}

),

horizons as (

    select unnest({{ programme_horizons() }}) as horizon_weeks

),

measured_weeks as (

    select
        person_id,
        tenure_band,
        week_start
    from person_weeks
    where is_measured

),

newcomer_weeks as (

    select
        person_weeks.person_id,
        person_weeks.week_start
    from person_weeks
    inner join weeks
        on person_weeks.week_start = weeks.week_start
    where
        person_weeks.is_active
        and weeks.is_window_in_coverage

),

cohorts as (

    select distinct
        entries.programme_id,
        entries.programme_type,
        entries.frozen_on,
        horizons.horizon_weeks,
        entries.frozen_on - 6 as before_week_start,
        entries.frozen_on - 6 + 7 * horizons.horizon_weeks as after_week_start
    from entries
    cross join horizons
    where entries.design = 'change'

),

{# All who are measured at the beginning and at the end. #}
measured_in_both as (

    select
        spans.frozen_on,
        spans.horizon_weeks,
        before_weeks.person_id,
        before_weeks.tenure_band
    from (
        select distinct
            frozen_on,
            horizon_weeks,
            before_week_start,
            after_week_start
        from cohorts
    ) as spans
    inner join measured_weeks as before_weeks
        on spans.before_week_start = before_weeks.week_start
    inner join measured_weeks as after_weeks
        on
            spans.after_week_start = after_weeks.week_start
            and before_weeks.person_id = after_weeks.person_id

),

changes as (

    select
        cohorts.*,
        measured_in_both.person_id,
        measured_in_both.tenure_band,
        entries.person_id is not null as is_enrolled
    from cohorts
    inner join measured_in_both
        on
            cohorts.frozen_on = measured_in_both.frozen_on
            and cohorts.horizon_weeks = measured_in_both.horizon_weeks
    left join entries
        on
            cohorts.programme_id = entries.programme_id
            and cohorts.frozen_on = entries.frozen_on
            and measured_in_both.person_id = entries.person_id
            and entries.design = 'change'

),

controls_of_changes as (

    select changes.*
    from changes
    anti join enrolments
        on
            changes.programme_type = enrolments.programme_type
            and changes.person_id = enrolments.person_id
            and enrolments.starts_on <= changes.after_week_start + 6
            and coalesce(enrolments.ends_on, {{ end_of_time() }})
            >= changes.frozen_on - 7 * 12
    where not changes.is_enrolled

),

changes_compared as (

    select * from changes
    where is_enrolled

    union all

    select * from controls_of_changes

),

enrolled_newcomers as (

    select
        entries.*,
        horizons.horizon_weeks,
        newcomer_weeks.week_start as after_week_start,
        (newcomer_weeks.week_start + 6 - entries.hired_on) // 7 as weeks_since_hire
    from entries
    cross join horizons
    inner join newcomer_weeks
        on
            entries.person_id = newcomer_weeks.person_id
            and entries.frozen_on - 6 + 7 * horizons.horizon_weeks
            = newcomer_weeks.week_start
    where entries.design = 'newcomer'

),

{# The other newcomers, each as many weeks after the own hire. #}
other_newcomers as (

    select
        lags.*,
        newcomers.person_id,
        newcomers.hired_on,
        newcomer_weeks.week_start as after_week_start
    from (
        select distinct
            programme_id,
            programme_type,
            horizon_weeks,
            weeks_since_hire
        from enrolled_newcomers
    ) as lags
    cross join newcomers
    inner join newcomer_weeks
        on
            newcomers.person_id = newcomer_weeks.person_id
            and {{ week_start('newcomers.hired_on') }}
            + 7 * lags.weeks_since_hire::integer = newcomer_weeks.week_start

),

newcomers_without as (

    select other_newcomers.*
    from other_newcomers
    anti join enrolments
        on
            other_newcomers.programme_type = enrolments.programme_type
            and other_newcomers.person_id = enrolments.person_id
            and enrolments.starts_on <= other_newcomers.after_week_start + 6

),

candidates as (

    select
        programme_id,
        person_id,
        'change' as design,
        horizon_weeks,
        is_enrolled,
        tenure_band,
        null::integer as weeks_since_hire,
        null::date as hired_on,
        frozen_on,
        before_week_start,
        after_week_start
    from changes_compared

    union all by name

    select
        programme_id,
        person_id,
        'newcomer' as design,
        horizon_weeks,
        true as is_enrolled,
        weeks_since_hire::integer as weeks_since_hire,
        hired_on,
        frozen_on,
        after_week_start
    from enrolled_newcomers

    union all by name

    select
        programme_id,
        person_id,
        'newcomer' as design,
        horizon_weeks,
        false as is_enrolled,
        weeks_since_hire::integer as weeks_since_hire,
        hired_on,
        after_week_start + 6 - 7 * horizon_weeks as frozen_on,
        after_week_start
    from newcomers_without

)

select * from candidates
