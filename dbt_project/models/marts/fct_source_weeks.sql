with

source_weeks as (

    select * from {{ ref('int_source_weeks') }}

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

source_spans as (

    select
        source_name,
        min(first_event_date) as first_event_date,
        max(last_event_date) as last_event_date
    from source_weeks
    group by source_name

),

facts as (

    select
        -- source
        sources.source_name,

        -- numbers
        coalesce(source_weeks.events, 0)::bigint as events,
        coalesce(source_weeks.persons_resolved, 0)::integer as persons_resolved,
        source_weeks.unresolved_participations
        / nullif(source_weeks.participations, 0) as unresolved_share,
        sources.quarantined_records / nullif(sources.records, 0) as quarantined_share,

        -- flags
        source_spans.first_event_date > coverage.first_week_end
            as starts_in_mid_coverage,
        source_spans.last_event_date < coverage.last_week_start as ends_in_mid_coverage,

        -- dates
        source_weeks.first_event_date,
        source_weeks.last_event_date,
        weeks.week_start
    from sources
    inner join source_spans
        on sources.source_name = source_spans.source_name
    cross join coverage
    cross join weeks
    left join source_weeks
        on
            sources.source_name = source_weeks.source_name
            and weeks.week_start = source_weeks.week_start

)

select * from facts
