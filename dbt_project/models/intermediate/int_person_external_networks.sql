with

external_ties as (

    select * from {{ ref('int_ties') }}
    where
        is_tied
        and kind = 'person_external'

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

)

{# One side of such a pair is a person, the other never is. #}
select
    person_weeks.person_id,
    count(*) as external_network_size,
    person_weeks.week_start
from external_ties
inner join person_weeks
    on
        external_ties.week_start = person_weeks.week_start
        and (
            external_ties.party_a_id = person_weeks.person_id
            or external_ties.party_b_id = person_weeks.person_id
        )
group by
    person_weeks.person_id,
    person_weeks.week_start
