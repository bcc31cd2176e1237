-- The vault's tables: keyed hashes and random numbers, nothing that can be read.

-- :declare
create table if not exists identifiers (
    digest blob primary key,
    identifier_id bigint not null unique,
    kind varchar not null check (kind in ('address', 'id', 'space')),
    domain_digests blob[] not null
);

create table if not exists key_check (
    check_value varchar primary key
);

-- :noted_check
select check_value from key_check;

-- :note_check
insert into key_check (check_value) values (?);

-- :look_up
select
    identifiers.digest,
    identifiers.identifier_id
from identifiers
semi join wanted_digests
    on identifiers.digest = wanted_digests.digest;

-- :taken
select identifiers.identifier_id
from identifiers
semi join drawn_ids
    on identifiers.identifier_id = drawn_ids.identifier_id;

-- :insert
insert into identifiers by name
select * from new_identifiers;

-- :identifiers
select
    identifier_id,
    kind,
    list_has_any(domain_digests, $own_domains) as is_own_domain,
    kind = 'address' as is_address
from identifiers
where kind != 'space'
order by identifier_id;
