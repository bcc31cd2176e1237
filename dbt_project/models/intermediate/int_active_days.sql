{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

activity_days as (

    select * from {{ ref('int_activity_days') }}
    where {{ is_changed(week_start('date'), 'weeks') }}

),

pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        mutual_events > 0
        and kind = 'person_person'
        and {{ is_changed('week_start', 'weeks') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

{# An actor is active whatever the size of the event; of something shared, only the two
   persons of a meaningful pair are. #}
active_days as (

    select distinct
        activity_days.party_id as person_id,
        activity_days.date
    from activity_days
    inner join roster_periods
        on
            activity_days.party_id = roster_periods.person_id
            and activity_days.date >= roster_periods.valid_from
            and activity_days.date < roster_periods.valid_to

    union

    select
        party_a_id as person_id,
        date
    from pair_days

    union

    select
        party_b_id as person_id,
        date
    from pair_days

)

select
    person_id,
    date,
    {{ week_start('date') }} as week_start
from active_days
