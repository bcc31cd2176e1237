{# fct_interactions holds each pair once, a person's row counts all of the person's. #}
with

pairs as (

    select
        week_start,
        sum(interactions) as interactions
    from {{ ref('fct_interactions') }}
    group by week_start

),

people as (

    select
        week_start,
        sum(interactions) as interactions
    from {{ ref('fct_person_weeks') }}
    group by week_start

)

select
    people.week_start,
    people.interactions as of_people,
    pairs.interactions as of_pairs
from people
full join pairs
    on people.week_start = pairs.week_start
where coalesce(people.interactions, 0) != 2 * coalesce(pairs.interactions, 0)
