select
    week_start,
    sum(reached_out) as reached_out,
    sum(was_reached) as was_reached
from {{ ref('fct_person_weeks') }}
group by week_start
having sum(reached_out) != sum(was_reached)
