-- Who is behind the identifiers that were read again from the exports, which stand in
-- `read_identifiers` (source_name, identifier, identifier_id). Reads only.

-- :all
select
    read_identifiers.source_name,
    read_identifiers.identifier,
    identity_map.person_id,
    identity_map.party_kind
from read_identifiers
inner join raw.identity_map
    on read_identifiers.identifier_id = identity_map.identifier_id
order by read_identifiers.source_name, read_identifiers.identifier;

-- :unresolved
select
    read_identifiers.identifier,
    list(distinct read_identifiers.source_name order by read_identifiers.source_name)
        as source_names,
    identity_map.person_id
from read_identifiers
inner join raw.identity_map
    on read_identifiers.identifier_id = identity_map.identifier_id
where identity_map.party_kind = 'internal_unknown'
group by read_identifiers.identifier, identity_map.person_id
order by read_identifiers.identifier;

-- :whois
select
    read_identifiers.identifier,
    list(distinct read_identifiers.source_name order by read_identifiers.source_name)
        as source_names,
    identity_map.party_kind
from read_identifiers
inner join raw.identity_map
    on read_identifiers.identifier_id = identity_map.identifier_id
where identity_map.person_id = $id or identity_map.identifier_id = $id
group by read_identifiers.identifier, identity_map.party_kind
order by read_identifiers.identifier;
