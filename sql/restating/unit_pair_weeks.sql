-- :cells
create temp table cells_now as
select
    *,
    '' as scope,
    week_start as period_start,
    from_department as segment_type,
    to_department as segment_value,
    '' as statistic
from candidate.bi.unit_pair_weeks;

-- :people
-- What each person has with people of which department, by figure and department: sums
-- of hashes, which need no order. Weeks of more than a quarter ago stay for good.
create temp table people_now as
with

ties as (

    select
        week_start,
        unnest([party_a_id, party_b_id]) as person_id,
        unnest([party_b_id, party_a_id]) as other_id,
        is_tied,
        interactions
    from warehouse.intermediate.int_ties
    where
        kind = 'person_person'
        and week_start
        > (select max(week_start) from candidate.bi.unit_pair_weeks) - 91

),

departments as (

    select
        person_id,
        department,
        week_start
    from warehouse.marts.fct_person_weeks
    where department is not null

),

contacts as (

    select
        ties.week_start,
        ties.person_id,
        own.department,
        others.department as other_department,
        sum(hash(ties.other_id)) filter (ties.is_tied) as of_ties,
        sum(hash(ties.other_id, ties.interactions)) as of_interactions,
        bool_or(ties.is_tied) as is_tied
    from ties
    inner join departments as own
        on
            ties.person_id = own.person_id
            and ties.week_start = own.week_start
    inner join departments as others
        on
            ties.other_id = others.person_id
            and ties.week_start = others.week_start
    group by
        ties.week_start,
        ties.person_id,
        own.department,
        others.department

),

figures as (

    select
        week_start,
        person_id,
        department,
        'ties ' || other_department as figure,
        of_ties as number
    from contacts
    where is_tied

    union all

    select
        week_start,
        person_id,
        department,
        'interactions ' || other_department as figure,
        of_interactions as number
    from contacts

)

select
    '' as scope,
    week_start as period_start,
    person_id,
    map(['department'], [department]) as segments,
    map_from_entries(
        list_sort(list({ 'key': figure, 'value': number::double }))
    ) as numbers
from figures
group by
    week_start,
    person_id,
    department;
