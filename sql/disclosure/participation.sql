-- What the audit of disclosure reads of spaces and teams, a week at a time. Of a band
-- ten members are the least.

-- :periods
select distinct week_start from bi.participation
order by week_start;

-- :cells
select
    [space_type, space_name]::varchar as cell,
    metric,
    people,
    if(metric in ('top_contributor_share', 'absence_factor'), 10, 0) as least_people,
    is_withheld
from bi.participation
where week_start = $period
order by all;

-- :people
with

spaces as (

    select
        space_id,
        kind,
        label
    from intermediate.int_spaces
    where label is not null and kind not in ('direct', 'group_direct')

),

teams as (

    select
        person_id,
        team
    from marts.fct_person_weeks
    where week_start = $period and team is not null

),

questions as (

    select
        *,
        can_be_judged and is_answered as is_answered_in_time
    from intermediate.int_questions
    where week_start = $period

),

contributors as (

    select
        space_id,
        person_id,
        max(week_start) = $period as is_of_the_week
    from intermediate.int_space_contributions
    where week_start between $period - 77 and $period
    group by space_id, person_id

),

-- The newest list up to the week's end speaks, before the first one the first.
lists as (

    select
        space_id,
        coalesce(
            max(listed_on) filter (listed_on < $period + 7), min(listed_on)
        ) as listed_on
    from intermediate.int_space_listings
    group by space_id

),

counted as (

    select
        space_id,
        null as team,
        'members' as rests_on,
        person_id
    from contributors

    union all

    select
        space_id,
        null as team,
        'contributors' as rests_on,
        person_id
    from contributors
    where is_of_the_week

    union all

    select
        listings.space_id,
        null as team,
        'listed_members' as rests_on,
        listings.party_id as person_id
    from intermediate.int_space_listings as listings
    inner join lists
        on
            listings.space_id = lists.space_id
            and listings.listed_on = lists.listed_on
    inner join marts.fct_person_weeks as person_weeks
        on
            listings.party_id = person_weeks.person_id
            and person_weeks.week_start = $period
    where listings.party_kind = 'person'

    union all

    select
        space_id,
        null as team,
        unnest(
            ['askers']
            || if(can_be_judged, ['judged_askers'], [])
            || if(is_answered_in_time, ['answered_askers'], [])
        ) as rests_on,
        asker_id as person_id
    from questions

    union all

    select
        null as space_id,
        team,
        'members' as rests_on,
        person_id
    from teams

    union all

    select
        null as space_id,
        teams.team,
        unnest(
            if(questions.can_be_judged, ['judged_askers'], [])
            || if(questions.is_answered_in_time, ['answered_askers'], [])
        ) as rests_on,
        questions.asker_id as person_id
    from questions
    inner join teams
        on questions.asker_id = teams.person_id
    where questions.is_asked_by_a_valid_person

),

counts as (

    select
        coalesce(spaces.kind, 'team') as space_type,
        coalesce(spaces.label, counted.team) as space_name,
        counted.rests_on,
        count(distinct counted.person_id) as people
    from counted
    left join spaces
        on counted.space_id = spaces.space_id
    where coalesce(spaces.label, counted.team) is not null
    group by all

),

figures as (

    select
        named.metric,
        named.rests_on
    from (
        values
        ('members', 'members'),
        ('contributors', 'members'),
        ('contributions', 'contributors'),
        ('lapsed_share', 'members'),
        ('participation_gini', 'members'),
        ('top_contributor_share', 'members'),
        ('absence_factor', 'members'),
        ('listed_members', 'listed_members'),
        ('silent_share', 'listed_members'),
        ('questions', 'askers'),
        ('answered_share', 'judged_askers'),
        ('median_hours_to_first_reply', 'answered_askers')
    ) as named (metric, rests_on)

)

select
    [counts.space_type, counts.space_name]::varchar as cell,
    figures.metric,
    counts.people
from counts
inner join figures
    on counts.rests_on = figures.rests_on
order by all;

-- :numbers
-- What people have of what is added up.
with

spaces as (

    select
        space_id,
        kind,
        label
    from intermediate.int_spaces
    where label is not null and kind not in ('direct', 'group_direct')

),

numbers as (

    select
        space_id,
        'contributions' as metric,
        person_id,
        contributions as number
    from intermediate.int_space_contributions
    where week_start = $period

    union all

    select
        space_id,
        'questions' as metric,
        asker_id as person_id,
        count(*) as number
    from intermediate.int_questions
    where week_start = $period
    group by space_id, asker_id

)

select
    numbers.metric,
    [spaces.kind, spaces.label]::varchar as cell,
    numbers.person_id as who,
    numbers.number::double as number
from numbers
inner join spaces
    on numbers.space_id = spaces.space_id
order by all;

-- :told_elsewhere
-- How many people a team has, where that is withheld of the segment.
select
    cells.metric,
    count(*) as cells
from bi.participation as cells
inner join bi.segment_weeks as segments
    on
        cells.space_name = segments.segment_value
        and cells.week_start = segments.week_start
where
    cells.week_start = $period
    and cells.space_type = 'team'
    and not cells.is_withheld
    and cells.metric not in ('answered_share', 'median_hours_to_first_reply')
    and segments.segment_type = 'team'
    and segments.metric = 'people'
    and segments.is_withheld
group by cells.metric
order by cells.metric;
