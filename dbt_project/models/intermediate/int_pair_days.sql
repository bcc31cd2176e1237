{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

pair_events as (

    select * from {{ ref('int_pair_events') }}
    where
        is_meaningful
        and {{ is_changed(week_start('date'), 'weeks') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

profile as (

    select
        interaction_profiles.channel,
        interaction_profiles.counts_per
    from {{ ref('interaction_profiles') }} as interaction_profiles
    inner join parameters
        on interaction_profiles.interaction_profile = parameters.interaction_profile

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

lines as (

    select * from {{ ref('int_manager_lines') }}

),

folded as (

    select
        date,
        party_a_id,
        party_b_id,
        channel,
        kind,
        count(*) as events,
        count_if(a_to_b) as a_to_b_events,
        count_if(b_to_a) as b_to_a_events,
        count_if(is_mutual) as mutual_events,
        sum((1.0 / (participant_count - 1))::decimal(18, 15)) as newman_weight,
        sum((minutes / (participant_count - 1))::decimal(30, 12)) as shared_minutes
    from pair_events
    group by
        date,
        party_a_id,
        party_b_id,
        channel,
        kind

),

{# Per day a channel counts once, in each direction too. #}
counted as (

    select
        folded.*,
        case profile.counts_per when 'day' then 1 else folded.events end
            as interactions,
        case profile.counts_per
            when 'day' then least(folded.a_to_b_events, 1)
            else folded.a_to_b_events
        end as a_to_b_interactions,
        case profile.counts_per
            when 'day' then least(folded.b_to_a_events, 1)
            else folded.b_to_a_events
        end as b_to_a_interactions
    from folded
    inner join profile
        on folded.channel = profile.channel

),

{# Who is no person valid on the date is in no period and on no line. #}
compared as (

    select
        counted.*,
        periods_a.team as team_a,
        periods_b.team as team_b,
        lines_a.distance as levels_to_b,
        lines_b.distance as levels_to_a,
        case
            when lines_a.distance is not null then 'b'
            when lines_b.distance is not null then 'a'
        end as line_rank,
        {{ rank_by_grade('periods_a', 'periods_b', 'a', 'b') }} as grade_rank,
        {{ rank_by_depth('periods_a', 'periods_b', 'a', 'b') }} as depth_rank
    from counted
    left join roster_periods as periods_a
        on
            counted.party_a_id = periods_a.person_id
            and counted.date >= periods_a.valid_from
            and counted.date < periods_a.valid_to
    left join roster_periods as periods_b
        on
            counted.party_b_id = periods_b.person_id
            and counted.date >= periods_b.valid_from
            and counted.date < periods_b.valid_to
    left join lines as lines_a
        on
            counted.party_a_id = lines_a.person_id
            and counted.party_b_id = lines_a.ancestor_id
            and counted.date >= lines_a.valid_from
            and counted.date < lines_a.valid_to
    left join lines as lines_b
        on
            counted.party_b_id = lines_b.person_id
            and counted.party_a_id = lines_b.ancestor_id
            and counted.date >= lines_b.valid_from
            and counted.date < lines_b.valid_to

),

ranked as (

    select
        compared.*,
        {{ first_rank_basis(
            'parameters.rank_bases',
            'compared.line_rank',
            'compared.grade_rank',
            'compared.depth_rank'
        ) }} as ranks_above
    from compared
    cross join parameters

),

pair_days as (

    select
        -- ids
        party_a_id,
        party_b_id,

        -- text
        kind,
        channel,
        case when kind = 'person_person' then coalesce(ranks_above, 'unknown') end
            as ranks_above,
        case
            when coalesce(ranks_above, 'unknown') not in ('a', 'b') then null
            when (case ranks_above when 'b' then levels_to_b else levels_to_a end) = 1
                then 'own_manager'
            when (case ranks_above when 'b' then levels_to_b else levels_to_a end) = 2
                then 'skip_level'
            when (case ranks_above when 'b' then levels_to_b else levels_to_a end) > 2
                then 'other_upline'
            when team_a is null or team_b is null then 'senior_unknown_team'
            when team_a = team_b then 'senior_peer'
            else 'cross_team_senior'
        end as lifting_class,

        -- numbers
        events::integer as events,
        mutual_events::integer as mutual_events,
        interactions::integer as interactions,
        a_to_b_interactions::integer as a_to_b_interactions,
        b_to_a_interactions::integer as b_to_a_interactions,
        newman_weight,
        shared_minutes,

        -- times
        date,
        {{ week_start('date') }} as week_start
    from ranked

)

select * from pair_days
