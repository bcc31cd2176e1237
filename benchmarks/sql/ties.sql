-- What the competitors of int_ties are given of a built warehouse, and what the answer
-- of int_ties is compared by. int_ties itself is dbt's compiled statement.

-- :pair_weeks
select
    week_start,
    party_a_id,
    party_b_id,
    kind,
    interactions,
    a_to_b_interactions,
    b_to_a_interactions,
    newman_weight,
    shared_minutes
from intermediate.int_pair_weeks;

-- :person_weeks
select
    person_id,
    week_start
from intermediate.int_person_weeks;

-- :parameters
select
    parameters.tie_window_weeks,
    parameters.tie_min_interactions,
    parameters.tie_requires_reciprocity,
    coverage.last_date
from staging.stg_tacit__parameters as parameters
cross join intermediate.int_coverage as coverage;

-- :touch_pair_weeks
-- Brings every column into DuckDB's memory, where the others have theirs.
select count(columns(*)) from intermediate.int_pair_weeks;

-- :touch_person_weeks
select count(columns(*)) from intermediate.int_person_weeks;

-- :result
select
    week_start,
    party_a_id,
    party_b_id,
    kind,
    interactions,
    newman_weight,
    shared_minutes,
    is_reciprocal,
    is_tied
from ties;
