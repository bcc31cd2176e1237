with

participants as (

    select * from {{ ref('int_event_participants') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

dates_with_people as (

    select
        date,
        {{ week_start('date') }} as week_start
    from participants
    where is_valid_person
    group by date

),

{# 13 or more whole weeks without any such event part two stretches. #}
weeks_with_people as (

    select
        week_start,
        count_if(is_after_silence) over (
            order by week_start rows between unbounded preceding and current row
        ) as stretch
    from (
        select
            week_start,
            coalesce(
                week_start - lag(week_start) over (order by week_start) > 13 * 7,
                false
            ) as is_after_silence
        from dates_with_people
        group by week_start
    )

),

stretch_dates as (

    select
        dates_with_people.date,
        weeks_with_people.stretch
    from dates_with_people
    inner join weeks_with_people
        on dates_with_people.week_start = weeks_with_people.week_start

),

stretch_events as (

    select
        stretch_dates.stretch,
        count(distinct participants.event_id) as event_count
    from participants
    inner join stretch_dates
        on participants.date = stretch_dates.date
    where
        participants.is_valid_person
        and (select max(stretch) from weeks_with_people) > 0
    group by stretch_dates.stretch

),

main_stretch as (

    select stretch_dates.stretch
    from stretch_dates
    left join stretch_events
        on stretch_dates.stretch = stretch_events.stretch
    order by
        stretch_events.event_count desc nulls last,
        stretch_dates.stretch desc
    limit 1

),

computed as (

    select
        min(stretch_dates.date) as first_event_date,
        max(stretch_dates.date) as last_event_date
    from stretch_dates
    inner join main_stretch
        on stretch_dates.stretch = main_stretch.stretch

),

coverage as (

    select
        coalesce(
            {{ week_start('parameters.coverage_from') }},
            {{ week_start('computed.first_event_date + 6') }}
        ) as first_date,
        coalesce(
            {{ week_start('parameters.coverage_to') }} + 6,
            {{ week_start('computed.last_event_date + 1') }} - 1
        ) as last_date
    from computed
    cross join parameters

)

select
    first_date,
    last_date
from coverage
where first_date < last_date
