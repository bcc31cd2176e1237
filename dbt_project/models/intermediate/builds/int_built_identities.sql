-- depends_on: {{ ref('segment_weeks') }}
-- depends_on: {{ ref('unit_pair_weeks') }}
select
    identifier_id,
    party_id,
    party_kind
from {{ ref('stg_tacit__identities') }}
