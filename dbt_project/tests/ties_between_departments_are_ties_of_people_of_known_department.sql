{# Each tie once: the diagonal whole, the rest of the matrix from one side. #}
with

known_ties as (

    select
        ties.week_start,
        count(*) as ties
    from {{ ref('fct_ties') }} as ties
    inner join {{ ref('fct_person_weeks') }} as weeks_a
        on
            ties.person_a_id = weeks_a.person_id
            and ties.week_start = weeks_a.week_start
    inner join {{ ref('fct_person_weeks') }} as weeks_b
        on
            ties.person_b_id = weeks_b.person_id
            and ties.week_start = weeks_b.week_start
    where
        weeks_a.department is not null
        and weeks_b.department is not null
        and {{ is_tested('ties.week_start', 'windows') }}
    group by ties.week_start

),

unit_ties as (

    select
        week_start,
        sum(ties) as ties
    from {{ ref('fct_unit_pair_weeks') }}
    where
        unit_type = 'department'
        and from_unit <= to_unit
        and {{ is_tested('week_start', 'windows') }}
    group by week_start

)

select
    coalesce(known_ties.week_start, unit_ties.week_start) as week_start,
    known_ties.ties as of_people,
    unit_ties.ties as of_departments
from known_ties
full join unit_ties
    on known_ties.week_start = unit_ties.week_start
where coalesce(known_ties.ties, 0) != coalesce(unit_ties.ties, 0)
