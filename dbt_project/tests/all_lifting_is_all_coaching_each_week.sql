select
    week_start,
    sum(lifting_interactions) as lifting_interactions,
    sum(coaching_given) as coaching_given
from {{ ref('fct_person_weeks') }}
group by week_start
having coalesce(sum(lifting_interactions), 0) != coalesce(sum(coaching_given), 0)
