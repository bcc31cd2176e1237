-- :cells
create temp table cells_now as
select
    *,
    [space_type, space_name]::varchar as scope,
    week_start as period_start,
    '' as segment_type,
    '' as segment_value,
    '' as statistic
from candidate.bi.participation;

-- :people
-- Who is a member of a space or team, is listed or asks, and what he contributes. Weeks
-- of more than a quarter ago stay for good.
create temp table people_now as
with

spaces as (

    select
        space_id,
        [kind, label]::varchar as scope
    from warehouse.intermediate.int_spaces
    where
        label is not null
        and kind not in ('direct', 'group_direct')

),

weeks as (

    select distinct period_start
    from cells_now
    where
        period_start
        > (select max(all_cells.period_start) from cells_now as all_cells) - 91

),

contributions as (

    select
        space_id,
        person_id,
        sum(contributions) as contributions,
        week_start
    from warehouse.intermediate.int_space_contributions
    group by
        space_id,
        person_id,
        week_start

),

teams as (

    select
        person_id,
        ['team', team]::varchar as scope,
        week_start as period_start
    from warehouse.marts.fct_person_weeks
    where team is not null

),

-- A contribution makes a member for twelve weeks.
members as (

    select
        spaces.scope,
        contributions.person_id,
        if(offsets.weeks = 0, contributions.contributions, 0) as contributions,
        weeks.period_start
    from contributions
    inner join spaces
        on contributions.space_id = spaces.space_id
    cross join range(12) as offsets (weeks)
    inner join weeks
        on
            contributions.week_start + 7 * offsets.weeks::integer
            = weeks.period_start

    union all

    select
        teams.scope,
        teams.person_id,
        coalesce(contributions.contributions, 0) as contributions,
        teams.period_start
    from teams
    left join contributions
        on
            teams.person_id = contributions.person_id
            and teams.period_start = contributions.week_start

),

lists as (

    select
        listings.space_id,
        weeks.period_start,
        coalesce(
            max(listings.listed_on)
            filter (listings.listed_on < weeks.period_start + 7),
            min(listings.listed_on)
        ) as listed_on
    from warehouse.intermediate.int_space_listings as listings
    cross join weeks
    group by
        listings.space_id,
        weeks.period_start

),

listed as (

    select
        spaces.scope,
        listings.party_id as person_id,
        lists.period_start
    from lists
    inner join spaces
        on lists.space_id = spaces.space_id
    inner join warehouse.intermediate.int_space_listings as listings
        on
            lists.space_id = listings.space_id
            and lists.listed_on = listings.listed_on
    where listings.party_kind = 'person'

),

asked as (

    select
        spaces.scope,
        questions.asker_id as person_id,
        questions.can_be_judged,
        questions.is_answered,
        questions.hours_to_first_reply,
        questions.week_start as period_start
    from warehouse.intermediate.int_questions as questions
    inner join spaces
        on questions.space_id = spaces.space_id

    union all

    select
        teams.scope,
        questions.asker_id as person_id,
        questions.can_be_judged,
        questions.is_answered,
        questions.hours_to_first_reply,
        questions.week_start as period_start
    from warehouse.intermediate.int_questions as questions
    inner join teams
        on
            questions.asker_id = teams.person_id
            and questions.week_start = teams.period_start
    where questions.is_asked_by_a_valid_person

),

of_members as (

    select
        scope,
        period_start,
        person_id,
        sum(contributions) as contributions
    from members
    group by
        scope,
        period_start,
        person_id

),

of_listed as (

    select distinct
        scope,
        period_start,
        person_id
    from listed

),

of_askers as (

    select
        scope,
        period_start,
        person_id,
        count(*) as questions,
        hash(
            list(is_answered order by is_answered) filter (can_be_judged)
        ) as judged,
        hash(
            list(hours_to_first_reply order by hours_to_first_reply)
            filter (can_be_judged and is_answered)
        ) as replies,
        count_if(can_be_judged) > 0 as is_judged,
        count_if(can_be_judged and is_answered) > 0 as has_replies
    from asked
    group by
        scope,
        period_start,
        person_id

),

numbers as (

    select
        scope,
        period_start,
        person_id,
        of_members.contributions,
        of_members.person_id is not null as is_member,
        of_listed.person_id is not null as is_listed,
        of_askers.questions,
        if(of_askers.is_judged, of_askers.judged, null) as judged,
        if(of_askers.has_replies, of_askers.replies, null) as replies
    from of_members
    full outer join of_listed using (scope, period_start, person_id)
    full outer join of_askers using (scope, period_start, person_id)

)

select
    scope,
    period_start,
    person_id,
    null::map (varchar, varchar) as segments,
    map(
        [
            'members',
            'contributors',
            'lapsed_share',
            'participation_gini',
            'top_contributor_share',
            'absence_factor',
            'contributions',
            'listed_members',
            'silent_share',
            'questions',
            'answered_share',
            'median_hours_to_first_reply'
        ],
        [
            if(is_member, 1, null),
            if(is_member, (contributions > 0)::integer, null),
            if(is_member, (contributions > 0)::integer, null),
            contributions,
            contributions,
            contributions,
            nullif(contributions, 0),
            if(is_listed, 1, null),
            if(is_listed, is_member::integer, null),
            questions,
            judged,
            replies
        ]::double[]
    ) as numbers
from numbers
semi join cells_now using (scope, period_start)
semi join weeks using (period_start);
