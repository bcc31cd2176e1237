with

contributions as (

    select * from {{ ref('int_space_contributions') }}

),

spaces as (

    select * from {{ ref('int_spaces') }}
    where kind not in ('direct', 'group_direct')

),

listings as (

    select * from {{ ref('int_space_listings') }}

),

questions as (

    select * from {{ ref('int_questions') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

weeks as (

    select * from {{ ref('dim_weeks') }}

),

{# Twelve weeks make a member. #}
offsets as (

    select unnest(range(12)) * 7 as offset_days

),

space_members as (

    select distinct
        contributions.space_id,
        contributions.person_id,
        weeks.week_start
    from contributions
    cross join offsets
    inner join weeks
        on contributions.week_start + offsets.offset_days::integer = weeks.week_start
    semi join spaces
        on contributions.space_id = spaces.space_id

),

members_of_spaces as (

    select
        space_members.space_id,
        null::varchar as team,
        space_members.person_id,
        coalesce(contributions.contributions, 0) as contributions,
        space_members.week_start
    from space_members
    left join contributions
        on
            space_members.space_id = contributions.space_id
            and space_members.person_id = contributions.person_id
            and space_members.week_start = contributions.week_start

),

contributions_anywhere as (

    select
        person_id,
        sum(contributions) as contributions,
        week_start
    from contributions
    group by
        person_id,
        week_start

),

members_of_teams as (

    select
        null::bigint as space_id,
        person_weeks.team,
        person_weeks.person_id,
        coalesce(contributions_anywhere.contributions, 0) as contributions,
        person_weeks.week_start
    from person_weeks
    left join contributions_anywhere
        on
            person_weeks.person_id = contributions_anywhere.person_id
            and person_weeks.week_start = contributions_anywhere.week_start
    where person_weeks.team is not null

),

members as (

    select * from members_of_spaces

    union all

    select * from members_of_teams

),

ranked_members as (

    select
        *,
        row_number() over (
            partition by space_id, team, week_start
            order by contributions
        ) as place,
        sum(contributions) over (
            partition by space_id, team, week_start
            order by contributions desc
            rows unbounded preceding
        ) as contributions_of_the_first,
        row_number() over (
            partition by space_id, team, week_start
            order by contributions desc
        ) as place_from_the_top,
        sum(contributions) over (
            partition by space_id, team, week_start
        ) as all_contributions
    from members

),

shares as (

    select
        space_id,
        team,
        week_start,
        count(*) as members,
        count_if(contributions > 0) as contributors,
        sum(contributions) as contributions,
        max(contributions) / nullif(sum(contributions), 0) as top_contributor_share,
        2 * sum(place * contributions) / nullif(count(*) * sum(contributions), 0)
        - (count(*) + 1) / count(*) as participation_gini,
        min(place_from_the_top) filter (
            all_contributions > 0
            and 2 * contributions_of_the_first >= all_contributions
        ) as absence_factor
    from ranked_members
    group by
        space_id,
        team,
        week_start

),

{# The last list up to the week's end speaks, before the first one the first. #}
lists as (

    select distinct
        listings.space_id,
        listings.listed_on
    from listings
    semi join spaces
        on listings.space_id = spaces.space_id

),

lists_of_weeks as (

    select
        lists.space_id,
        weeks.week_start,
        coalesce(
            max(lists.listed_on) filter (lists.listed_on <= weeks.week_end),
            min(lists.listed_on)
        ) as listed_on
    from lists
    cross join weeks
    group by
        lists.space_id,
        weeks.week_start

),

listed_members as (

    select
        lists_of_weeks.space_id,
        lists_of_weeks.week_start,
        count(person_weeks.person_id) as listed_members,
        count(person_weeks.person_id) filter (space_members.person_id is null)
            as silent_members
    from lists_of_weeks
    inner join listings
        on
            lists_of_weeks.space_id = listings.space_id
            and lists_of_weeks.listed_on = listings.listed_on
    left join person_weeks
        on
            listings.party_kind = 'person'
            and listings.party_id = person_weeks.person_id
            and lists_of_weeks.week_start = person_weeks.week_start
    left join space_members
        on
            listings.space_id = space_members.space_id
            and listings.party_id = space_members.person_id
            and lists_of_weeks.week_start = space_members.week_start
    group by
        lists_of_weeks.space_id,
        lists_of_weeks.week_start

),

asked as (

    select
        space_id,
        null::varchar as team,
        asker_id,
        can_be_judged,
        is_answered,
        hours_to_first_reply,
        week_start
    from questions

    union all

    select
        null::bigint as space_id,
        person_weeks.team,
        questions.asker_id,
        questions.can_be_judged,
        questions.is_answered,
        questions.hours_to_first_reply,
        questions.week_start
    from questions
    inner join person_weeks
        on
            questions.asker_id = person_weeks.person_id
            and questions.week_start = person_weeks.week_start
    where
        questions.is_asked_by_a_valid_person
        and person_weeks.team is not null

),

answers as (

    select
        space_id,
        team,
        week_start,
        count(*) as questions,
        count(distinct asker_id) as askers,
        count_if(can_be_judged and is_answered)
        / nullif(count_if(can_be_judged), 0) as answered_share,
        median(hours_to_first_reply) filter (can_be_judged and is_answered)
            as median_hours_to_first_reply,
        count(distinct asker_id) filter (can_be_judged) as judged_askers,
        count(distinct asker_id) filter (can_be_judged and is_answered)
            as answered_askers
    from asked
    group by
        space_id,
        team,
        week_start

),

{# A space has a row in the weeks in which it has a member, a listed one or a
   question. #}
keys as (

    select
        space_id,
        team,
        week_start
    from shares

    union

    select
        space_id,
        null::varchar as team,
        week_start
    from listed_members
    where listed_members > 0

    union

    select
        space_id,
        team,
        week_start
    from answers

),

facts as (

    select
        -- ids
        keys.space_id,

        -- text
        coalesce(spaces.kind, 'team') as space_type,
        coalesce(spaces.label, keys.team) as space_name,

        -- numbers
        coalesce(shares.members, 0)::integer as members,
        coalesce(shares.contributors, 0)::integer as contributors,
        coalesce(shares.contributions, 0)::integer as contributions,
        1 - shares.contributors / shares.members as lapsed_share,
        shares.top_contributor_share,
        shares.participation_gini,
        shares.absence_factor::integer as absence_factor,
        listed_members.listed_members::integer as listed_members,
        listed_members.silent_members
        / nullif(listed_members.listed_members, 0) as silent_share,
        coalesce(answers.questions, 0)::integer as questions,
        coalesce(answers.askers, 0)::integer as askers,
        answers.answered_share,
        coalesce(answers.judged_askers, 0)::integer as judged_askers,
        answers.median_hours_to_first_reply,
        coalesce(answers.answered_askers, 0)::integer as answered_askers,

        -- flags
        keys.team is not null
        or keys.week_start - 7 * 11 >= (select min(week_start) from weeks)
            as is_full_span,

        -- dates
        keys.week_start
    from keys
    left join spaces
        on keys.space_id = spaces.space_id
    left join shares
        on
            keys.space_id is not distinct from shares.space_id
            and keys.team is not distinct from shares.team
            and keys.week_start = shares.week_start
    left join listed_members
        on
            keys.space_id = listed_members.space_id
            and keys.week_start = listed_members.week_start
    left join answers
        on
            keys.space_id is not distinct from answers.space_id
            and keys.team is not distinct from answers.team
            and keys.week_start = answers.week_start

)

select * from facts
