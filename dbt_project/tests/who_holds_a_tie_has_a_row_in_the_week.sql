{# Also each pair is in fct_ties once: a before b. #}
with

ties as (

    select * from {{ ref('fct_ties') }}
    where {{ is_tested('week_start', 'windows') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

)

select
    ties.week_start,
    ties.person_a_id,
    ties.person_b_id
from ties
left join person_weeks as weeks_a
    on
        ties.person_a_id = weeks_a.person_id
        and ties.week_start = weeks_a.week_start
left join person_weeks as weeks_b
    on
        ties.person_b_id = weeks_b.person_id
        and ties.week_start = weeks_b.week_start
where
    weeks_a.person_id is null
    or weeks_b.person_id is null
    or ties.person_a_id >= ties.person_b_id
