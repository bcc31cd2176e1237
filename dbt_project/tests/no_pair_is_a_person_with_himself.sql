{# Also each pair has one order, and at least the two take part: weights divide by the others. #}
select *
from {{ ref('int_pair_events') }}
where
    party_a_id >= party_b_id
    or participant_count < 2
