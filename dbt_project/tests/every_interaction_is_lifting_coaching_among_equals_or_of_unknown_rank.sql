{# In sums NULL is 0: nobody is compared where lifting and coaching are not known
   (docs/metrics.md, section 3.3). #}
select *
from {{ ref('fct_person_weeks') }}
where
    interactions != coalesce(lifting_interactions, 0)
    + coalesce(coaching_given, 0)
    + same_rank_interactions
    + rank_unknown_interactions
