with

newcomers as (

    select * from {{ ref('int_newcomers') }}

),

networks as (

    select * from {{ ref('int_person_networks') }}

),

contacts as (

    select * from {{ ref('int_person_contacts') }}
    where person_id in (select person_id from newcomers)

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

weeks as (

    select * from {{ ref('int_weeks') }}

),

{# Of everybody's days only those of newcomers: all of them would have to fit into
   memory to be joined. #}
pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        kind = 'person_person'
        and (
            party_a_id in (select person_id from newcomers)
            or party_b_id in (select person_id from newcomers)
        )

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

first_weeks as (

    select
        networks.person_id,
        min(networks.week_start) as week_start
    from networks
    inner join newcomers
        on networks.person_id = newcomers.person_id
    where
        networks.cross_team_contacts > 0
        and networks.week_start + 6 >= newcomers.hired_on
    group by networks.person_id

),

cross_team_ties as (

    select
        first_weeks.person_id,
        contacts.contact_id,
        weeks.window_start,
        weeks.week_end
    from first_weeks
    inner join weeks
        on first_weeks.week_start = weeks.week_start
    inner join contacts
        on
            first_weeks.person_id = contacts.person_id
            and first_weeks.week_start = contacts.week_start
    inner join person_weeks
        on
            first_weeks.person_id = person_weeks.person_id
            and first_weeks.week_start = person_weeks.week_start
    inner join person_weeks as contact_weeks
        on
            contacts.contact_id = contact_weeks.person_id
            and contacts.week_start = contact_weeks.week_start
    where person_weeks.team != contact_weeks.team

),

{# How many interactions a pair had had in the window by the end of each day. #}
interactions_by_day as (

    select
        ties.person_id,
        pair_days.date,
        sum(sum(pair_days.interactions)) over (
            partition by
                ties.person_id,
                ties.contact_id
            order by pair_days.date
        ) as interactions
    from cross_team_ties as ties
    inner join pair_days
        on
            least(ties.person_id, ties.contact_id) = pair_days.party_a_id
            and greatest(ties.person_id, ties.contact_id) = pair_days.party_b_id
            and pair_days.date between ties.window_start and ties.week_end
    group by
        ties.person_id,
        ties.contact_id,
        pair_days.date

)

select
    interactions_by_day.person_id,
    min(interactions_by_day.date) as first_tie_on
from interactions_by_day
cross join parameters
where interactions_by_day.interactions >= parameters.tie_min_interactions
group by interactions_by_day.person_id
