{# Also each pair has one order, and at least two take part, or weights divide by 0. #}
select *
from {{ ref('int_pair_events') }}
where
    party_a_id >= party_b_id
    or participant_count < 2
