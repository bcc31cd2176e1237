with

pairs as (

    select * from {{ ref('int_programme_pairs') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}
    where
        programme_id is not null
        and was_held

),

participants as (

    select distinct
        event_id as session_id,
        party_id
    from {{ ref('int_event_participants') }}

),

{# Of everybody's days only those that matter: all of them would have to fit into memory
   to be joined. #}
pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        kind = 'person_person'
        and party_a_id in (select person_a_id from pairs)
        and party_b_id in (select person_b_id from pairs)

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

{# What is known of a pair lies in the coverage; what is planned for later is not known
   yet. #}
engagements as (

    select
        pairs.*,
        row_number() over (
            order by
                pairs.programme_id,
                pairs.person_a_id,
                pairs.person_b_id,
                pairs.starts_on
        ) as engagement,
        greatest(pairs.starts_on, coverage.first_date) as first_on,
        least(coalesce(pairs.ends_on, coverage.last_date), coverage.last_date)
            as last_on,
        coverage.first_date,
        coverage.last_date
    from pairs
    cross join coverage
    where
        greatest(pairs.starts_on, coverage.first_date)
        <= least(coalesce(pairs.ends_on, coverage.last_date), coverage.last_date)

),

held as (

    select
        engagements.engagement,
        sessions.date
    from engagements
    inner join sessions
        on
            engagements.programme_id = sessions.programme_id
            and sessions.date between engagements.first_on and engagements.last_on
    inner join participants as participants_a
        on
            sessions.session_id = participants_a.session_id
            and engagements.person_a_id = participants_a.party_id
    inner join participants as participants_b
        on
            sessions.session_id = participants_b.session_id
            and engagements.person_b_id = participants_b.party_id

),

held_sessions as (

    select
        engagement,
        count(*)::integer as sessions_held
    from held
    group by engagement

),

{# A pair of which no session is known has met where it had a meeting, a call or a
   conversation of mentoring. #}
met as (

    select
        engagement,
        date
    from held

    union all

    select
        engagements.engagement,
        pair_days.date
    from engagements
    inner join pair_days
        on
            engagements.person_a_id = pair_days.party_a_id
            and engagements.person_b_id = pair_days.party_b_id
            and pair_days.date between engagements.first_on and engagements.last_on
    anti join held_sessions
        on engagements.engagement = held_sessions.engagement
    where pair_days.channel in ('meeting', 'call', 'mentoring')

),

{# Gaps are counted from the first day and to the last. #}
days as (

    select
        engagement,
        date
    from met

    union all

    select
        engagement,
        unnest([first_on, last_on]) as date
    from engagements

),

gaps as (

    select
        engagement,
        date - lag(date) over (partition by engagement order by date) as gap_days
    from days

),

longest_gaps as (

    select
        engagement,
        max(gap_days)::integer as longest_gap_days
    from gaps
    group by engagement

),

first_meetings as (

    select
        engagement,
        min(date) as first_met_on
    from met
    group by engagement

),

interactions as (

    select
        engagements.engagement,
        {% for days in [30, 60, 90] -%}
        coalesce(
            sum(pair_days.interactions) filter (
                pair_days.date >= engagements.starts_on
                and pair_days.date < engagements.starts_on + {{ days }}
            ),
            0
        )::integer as interactions_{{ days }}_days,
        {% endfor -%}
        count(*) filter (pair_days.date < engagements.starts_on) = 0 as is_new_pair
    from engagements
    left join pair_days
        on
            engagements.person_a_id = pair_days.party_a_id
            and engagements.person_b_id = pair_days.party_b_id
            and pair_days.date >= engagements.starts_on - 84
            and pair_days.date < engagements.starts_on + 90
    group by engagements.engagement

),

{# What lies in part outside of the coverage is not known. #}
facts as (

    select
        -- ids
        engagements.programme_id,
        engagements.person_a_id,
        engagements.person_b_id,

        -- numbers
        case
            when engagements.starts_on >= engagements.first_date
                then first_meetings.first_met_on - engagements.starts_on
        end::integer as days_to_first_meeting,
        coalesce(held_sessions.sessions_held, 0) as sessions_held,
        engagements.planned_sessions,
        coalesce(held_sessions.sessions_held, 0)
        / nullif(engagements.planned_sessions, 0) as held_share,
        longest_gaps.longest_gap_days,
        {% for days in [30, 60, 90] -%}
        case
            when
                engagements.starts_on >= engagements.first_date
                and engagements.starts_on + {{ days - 1 }} <= engagements.last_date
                then interactions.interactions_{{ days }}_days
        end as interactions_{{ days }}_days,
        {% endfor %}

        -- flags
        case
            when
                engagements.starts_on - 84 >= engagements.first_date
                and engagements.starts_on - 1 <= engagements.last_date
                then interactions.is_new_pair
        end as is_new_pair,

        -- dates
        engagements.starts_on,
        engagements.ends_on
    from engagements
    inner join interactions
        on engagements.engagement = interactions.engagement
    inner join longest_gaps
        on engagements.engagement = longest_gaps.engagement
    left join held_sessions
        on engagements.engagement = held_sessions.engagement
    left join first_meetings
        on engagements.engagement = first_meetings.engagement

)

select * from facts
