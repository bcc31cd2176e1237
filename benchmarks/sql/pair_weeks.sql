-- Pair days folded to weeks. Grain: one row per week and pair.
select
    week_start,
    person_a,
    person_b,
    sum(interactions)::integer as interactions,
    bool_or(a_reached_out) as a_reached_out,
    bool_or(b_reached_out) as b_reached_out,
    sum(newman_weight) as newman_weight
from pair_days
group by week_start, person_a, person_b
