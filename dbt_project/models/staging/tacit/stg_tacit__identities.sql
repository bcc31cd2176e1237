select
    identifier_id,
    person_id as party_id,
    party_kind,
    basis,
    party_kind in ('person', 'internal_unknown', 'external') as is_human

from {{ source('raw', 'identity_map') }}
