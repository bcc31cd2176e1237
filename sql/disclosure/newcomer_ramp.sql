-- What the audit of disclosure reads of newcomers, all weeks since the hire at once.

-- :cells
select
    [weeks_since_hire::varchar, population, statistic]::varchar as cell,
    metric,
    people,
    0 as least_people,
    is_withheld
from bi.newcomer_ramp
order by all;

-- :people
-- Newcomers, and the tenured people of the same calendar weeks.
with

newcomers as (

    select * from marts.fct_newcomer_person_weeks
    where is_pooled and weeks_since_hire < 26

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
        1 as newcomers,
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
        null as newcomers,
        person_weeks.network_size,
        person_weeks.cross_team_contacts,
        case
            when person_weeks.has_someone_above
                then person_weeks.lifting_beyond_manager
        end as lifting_beyond_manager,
        1 as newcomer_contacts
    from pooled
    inner join marts.fct_person_weeks as person_weeks
        on
            pooled.week_start = person_weeks.week_start
            and person_weeks.is_measured
            and person_weeks.tenure_weeks >= 26

),

figures as (

    unpivot people
    on newcomers, network_size, cross_team_contacts, lifting_beyond_manager,
    newcomer_contacts
    into name metric value number

)

select
    [
        weeks_since_hire::varchar,
        population,
        case metric when 'newcomers' then 'count' else 'median' end
    ]::varchar as cell,
    metric,
    count(distinct person_id) as people
from figures
group by all
order by all;
