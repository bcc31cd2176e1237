with

events as (

    select * from {{ ref('int_events') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}

),

weeks as (

    select * from {{ ref('int_weeks') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

coverage as (

    select
        min(week_end) as first_week_end,
        max(week_start) as last_week_start
    from weeks

),

event_weeks as (

    select
        source_name,
        week_start,
        min(date) as first_event_date,
        max(date) as last_event_date,
        count(*) as events
    from events
    group by
        source_name,
        week_start

),

source_spans as (

    select
        source_name,
        min(first_event_date) as first_event_date,
        max(last_event_date) as last_event_date
    from event_weeks
    group by source_name

),

participant_weeks as (

    select
        events.source_name,
        events.week_start,
        count(distinct participants.party_id) filter (participants.is_valid_person)
            as persons_resolved,
        count_if(participants.party_kind = 'internal_unknown')
            as unresolved_participations,
        count(*) as participations
    from participants
    inner join events
        on participants.event_id = events.event_id
    group by
        events.source_name,
        events.week_start

),

facts as (

    select
        -- source
        sources.source_name,

        -- numbers
        coalesce(event_weeks.events, 0)::bigint as events,
        coalesce(participant_weeks.persons_resolved, 0)::integer as persons_resolved,
        participant_weeks.unresolved_participations
        / nullif(participant_weeks.participations, 0) as unresolved_share,
        sources.quarantined_records / nullif(sources.records, 0) as quarantined_share,

        -- flags
        source_spans.first_event_date > coverage.first_week_end
            as starts_in_mid_coverage,
        source_spans.last_event_date < coverage.last_week_start as ends_in_mid_coverage,

        -- dates
        event_weeks.first_event_date,
        event_weeks.last_event_date,
        weeks.week_start
    from sources
    inner join source_spans
        on sources.source_name = source_spans.source_name
    cross join coverage
    cross join weeks
    left join event_weeks
        on
            sources.source_name = event_weeks.source_name
            and weeks.week_start = event_weeks.week_start
    left join participant_weeks
        on
            sources.source_name = participant_weeks.source_name
            and weeks.week_start = participant_weeks.week_start

)

select * from facts
