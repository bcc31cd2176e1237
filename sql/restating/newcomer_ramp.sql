-- :cells
create temp table cells_now as
select
    *,
    [weeks_since_hire::varchar, population]::varchar as scope,
    date '1970-01-01' as period_start,
    '' as segment_type,
    '' as segment_value
from candidate.bi.newcomer_ramp;

-- :people
-- Newcomers, and the tenured of the same calendar weeks: who are in several of these
-- have what they have in all of them.
create temp table people_now as
with

newcomers as (

    select * from warehouse.marts.fct_newcomer_person_weeks
    where
        is_pooled
        and weeks_since_hire < 26

),

pooled as (

    select distinct
        weeks_since_hire,
        week_start
    from newcomers

),

people as (

    select
        weeks_since_hire,
        'newcomers' as population,
        person_id,
        week_start,
        network_size,
        cross_team_contacts,
        lifting_beyond_manager,
        newcomer_contacts
    from newcomers

    union all

    select
        pooled.weeks_since_hire,
        'tenured' as population,
        person_weeks.person_id,
        person_weeks.week_start,
        person_weeks.network_size,
        person_weeks.cross_team_contacts,
        case
            when person_weeks.has_someone_above
                then person_weeks.lifting_beyond_manager
        end as lifting_beyond_manager,
        coalesce(contacts.newcomer_contacts, 0) as newcomer_contacts
    from pooled
    inner join warehouse.marts.fct_person_weeks as person_weeks
        on
            pooled.week_start = person_weeks.week_start
            and person_weeks.is_measured
            and person_weeks.tenure_weeks >= 26
    left join warehouse.intermediate.int_newcomer_contacts as contacts
        on
            person_weeks.person_id = contacts.person_id
            and person_weeks.week_start = contacts.week_start

)

select
    [weeks_since_hire::varchar, population]::varchar as scope,
    date '1970-01-01' as period_start,
    person_id,
    null::map (varchar, varchar) as segments,
    map(
        [
            'newcomers',
            'network_size',
            'cross_team_contacts',
            'lifting_beyond_manager',
            'newcomer_contacts'
        ],
        [
            1,
            sum(hash(week_start, network_size))
            filter (network_size is not null),
            sum(hash(week_start, cross_team_contacts))
            filter (cross_team_contacts is not null),
            sum(hash(week_start, lifting_beyond_manager))
            filter (lifting_beyond_manager is not null),
            sum(hash(week_start, newcomer_contacts))
            filter (newcomer_contacts is not null)
        ]::double[]
    ) as numbers
from people
group by
    weeks_since_hire,
    population,
    person_id;
