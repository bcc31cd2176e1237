{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

activity_days as (

    select
        *,
        {{ week_start('date') }} as week_start
    from {{ ref('int_activity_days') }}
    where
        contributions > 0
        and {{ is_changed(week_start('date'), 'weeks') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

{# A contribution is that of a person who is valid on its day. #}
contributions as (

    select
        -- ids
        activity_days.space_id,
        activity_days.party_id as person_id,

        -- numbers
        sum(activity_days.contributions)::integer as contributions,

        -- dates
        activity_days.week_start
    from activity_days
    inner join roster_periods
        on
            activity_days.party_id = roster_periods.person_id
            and activity_days.date >= roster_periods.valid_from
            and activity_days.date < roster_periods.valid_to
    group by
        activity_days.space_id,
        activity_days.party_id,
        activity_days.week_start

)

select * from contributions
