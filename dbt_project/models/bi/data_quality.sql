with

source_weeks as (

    select * from {{ ref('fct_source_weeks') }}

),

sources as (

    select * from {{ ref('dim_sources') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

{# Of all sources together: a pair's interactions know no source. #}
known_weeks as (

    select
        interactions.week_start,
        sum(interactions.interactions) filter (interactions.ranks_above != 'unknown')
        / nullif(sum(interactions.interactions), 0) as ranked_interactions_share,
        sum(interactions.interactions) filter (
            weeks_a.team is not null and weeks_b.team is not null
        ) / nullif(sum(interactions.interactions), 0) as known_teams_interactions_share
    from interactions
    inner join person_weeks as weeks_a
        on
            interactions.person_a_id = weeks_a.person_id
            and interactions.week_start = weeks_a.week_start
    inner join person_weeks as weeks_b
        on
            interactions.person_b_id = weeks_b.person_id
            and interactions.week_start = weeks_b.week_start
    group by interactions.week_start

),

published as (

    select
        -- source
        source_weeks.source_name,

        -- numbers
        source_weeks.events,
        case
            when source_weeks.persons_resolved >= parameters.min_group_size
                then source_weeks.persons_resolved
        end as persons_resolved,
        source_weeks.persons_resolved < parameters.min_group_size as is_withheld,
        case
            when source_weeks.persons_resolved >= parameters.min_group_size
                then source_weeks.unresolved_share
        end as unresolved_share,
        source_weeks.quarantined_share,
        known_weeks.ranked_interactions_share::double
            as ranked_interactions_share,
        known_weeks.known_teams_interactions_share::double
            as known_teams_interactions_share,

        -- flags
        source_weeks.starts_in_mid_coverage,
        source_weeks.ends_in_mid_coverage,

        -- dates
        source_weeks.first_event_date,
        source_weeks.last_event_date,
        sources.last_exported_on,
        source_weeks.week_start
    from source_weeks
    cross join parameters
    inner join sources
        on source_weeks.source_name = sources.source_name
    left join known_weeks
        on source_weeks.week_start = known_weeks.week_start

)

select * from published
