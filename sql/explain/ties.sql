-- The ties of a cell, and of what they count. Reads only.

-- :of_people
-- p and q are tied in week w when their interactions in the window of w number at least
-- `tie_min_interactions` (2), both have a row in w (section 3), and, where
-- `tie_requires_reciprocity` is set (default: not), each has reached out to the other
-- in it.
with

sides as (

    select
        week_start,
        person_a_id as person_id,
        person_b_id as contact_id,
        interactions,
        is_reciprocal
    from marts.fct_ties

    union all

    select
        week_start,
        person_b_id as person_id,
        person_a_id as contact_id,
        interactions,
        is_reciprocal
    from marts.fct_ties

),

placed as (

    select
        sides.*,
        own.team as own_team,
        contacts.team,
        own.department as own_department,
        contacts.department,
        own.discipline as own_discipline,
        contacts.discipline
    from sides
    semi join explained_people
        on
            sides.person_id = explained_people.person_id
            and sides.week_start = explained_people.week_start
            and explained_people.counts
    inner join marts.fct_person_weeks as own
        on
            sides.person_id = own.person_id
            and sides.week_start = own.week_start
    inner join marts.fct_person_weeks as contacts
        on
            sides.contact_id = contacts.person_id
            and sides.week_start = contacts.week_start

)

select
    *,
    coalesce(
        case $column
            when 'reciprocal_share' then is_reciprocal
            when 'cross_team_contacts' then team != own_team
            when 'cross_team_share' then team != own_team
            when 'teams_reached' then team != own_team
            when 'diversity_coverage' then team is not null
            when 'cross_department_contacts' then department != own_department
            when 'cross_department_share' then department != own_department
            when 'departments_reached' then department != own_department
            when 'department_ei_index' then department is not null
            when 'department_blau' then department is not null
            when 'department_shannon' then department is not null
            when 'cross_discipline_contacts' then discipline != own_discipline
            when 'cross_discipline_share' then discipline != own_discipline
            when 'disciplines_reached' then discipline != own_discipline
            else true
        end,
        false
    ) as counts
from placed;

-- :of_pair
-- p and q are tied in week w when their interactions in the window of w number at least
-- `tie_min_interactions` (2), both have a row in w (section 3), and, where
-- `tie_requires_reciprocity` is set (default: not), each has reached out to the other
-- in it.
select
    week_start,
    person_a_id as person_id,
    person_b_id as contact_id,
    interactions,
    is_reciprocal,
    true as counts
from marts.fct_ties
where
    person_a_id = least($person_a_id, $person_b_id)
    and person_b_id = greatest($person_a_id, $person_b_id)
    and week_start = $week_start;

-- :between_units
-- A pair inside one unit counts once on the diagonal, a pair across once in each
-- direction.
with

units as (

    select
        person_id,
        week_start,
        case $unit_type when 'team' then team else department end as unit
    from marts.fct_person_weeks
    where week_start = $week_start

),

pairs as (

    select
        ties.week_start,
        ties.party_a_id,
        ties.party_b_id,
        ties.interactions,
        ties.is_tied,
        units_a.unit as unit_a,
        units_b.unit as unit_b
    from intermediate.int_ties as ties
    inner join units as units_a
        on
            ties.party_a_id = units_a.person_id
            and ties.week_start = units_a.week_start
    inner join units as units_b
        on
            ties.party_b_id = units_b.person_id
            and ties.week_start = units_b.week_start
    where ties.kind = 'person_person'

),

directed as (

    select
        week_start,
        party_a_id as person_id,
        party_b_id as contact_id,
        interactions,
        is_tied,
        unit_a as unit,
        unit_b as contact_unit
    from pairs

    union all

    select
        week_start,
        party_b_id as person_id,
        party_a_id as contact_id,
        interactions,
        is_tied,
        unit_b as unit,
        unit_a as contact_unit
    from pairs
    where unit_a != unit_b

)

select
    *,
    contact_unit = $to_unit
    and case
        when $column in ('ties', 'people_from', 'people_to') then is_tied
        else true
    end as counts
from directed
where
    unit = $from_unit
    and contact_unit is not null;

-- :with_externals
-- distinct externals with whom p has at least `tie_min_interactions` interactions in
-- the window, paired and counted as persons are
select
    ties.week_start,
    explained_people.person_id,
    case
        when ties.party_a_id = explained_people.person_id then ties.party_b_id
        else ties.party_a_id
    end as contact_id,
    ties.interactions,
    true as counts
from intermediate.int_ties as ties
inner join explained_people
    on
        ties.week_start = explained_people.week_start
        and explained_people.person_id in (ties.party_a_id, ties.party_b_id)
where
    explained_people.counts
    and ties.is_tied
    and ties.kind = 'person_external';
