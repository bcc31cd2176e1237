-- Who is behind an identifier. Grain: one row per identifier that the loaded records
-- mention. `person_id` is the identifier_id of a person's roster key; of anybody else
-- it is the identifier itself. Rebuilt from the roster on every run; a row's
-- `changed_at` moves only when it changes.

-- :declare
create table if not exists raw.identity_map (
    identifier_id bigint primary key,
    person_id bigint not null,
    party_kind varchar not null check (
        party_kind in ('person', 'internal_unknown', 'external', 'bot', 'room', 'list')
    ),
    basis varchar not null,
    changed_at timestamp not null
);

-- :strangers
select count(*) > 0 as has_strangers
from raw.identity_map
anti join vault_identifiers
    on raw.identity_map.identifier_id = vault_identifiers.identifier_id;

-- :map
create or replace temp table mapped as
with

roster_rows as (

    select roster_csv_rows.*
    from raw.roster_csv_rows
    semi join raw.sources
        on roster_csv_rows.source_name = sources.source_name

),

interaction_rows as (

    select interaction_csv_rows.*
    from raw.interaction_csv_rows
    semi join raw.sources
        on interaction_csv_rows.source_name = sources.source_name

),

mentioned as (

    select person_identifier_id as identifier_id from roster_rows
    union
    select email_identifier_id from roster_rows
    union
    select unnest(alternate_identifier_ids) from roster_rows
    union
    select manager_identifier_id from roster_rows
    union
    select source_identifier_id from interaction_rows
    union
    select target_identifier_id from interaction_rows

),

roster_keys as (

    select distinct person_identifier_id as identifier_id from roster_rows

),

-- What roster rows say of identifiers that are nobody's key, and when the row begins.
claims as (

    select
        email_identifier_id as identifier_id,
        person_identifier_id as person_id,
        'roster_email' as basis,
        coalesce(valid_from, snapshot_on, hired_on, '-infinity'::date) as begins_on
    from roster_rows
    union all
    select
        unnest(alternate_identifier_ids) as identifier_id,
        person_identifier_id as person_id,
        'roster_alternate_id' as basis,
        coalesce(valid_from, snapshot_on, hired_on, '-infinity'::date) as begins_on
    from roster_rows

),

claimants as (

    select
        identifier_id,
        person_id,
        max(basis) as basis,
        max(begins_on) as begins_on
    from claims
    where
        identifier_id is not null
        and identifier_id not in (select roster_keys.identifier_id from roster_keys)
    group by identifier_id, person_id

),

last_claimants as (

    select * from claimants
    qualify begins_on = max(begins_on) over (partition by identifier_id)

),

-- Of several claimants the one whose row begins last; nobody where several begin last
-- together.
decided as (

    select
        identifier_id,
        max(person_id) as person_id,
        max(basis) as basis,
        count(*) > 1 as is_contested
    from last_claimants
    group by identifier_id

),

judged as (

    select
        mentioned.identifier_id,
        case
            when roster_keys.identifier_id is not null then roster_keys.identifier_id
            when decided.is_contested = false then decided.person_id
            else mentioned.identifier_id
        end as person_id,
        case
            when roster_keys.identifier_id is not null then 'roster_person_id'
            when decided.is_contested then 'contested'
            when decided.basis is not null then decided.basis
            when
                $has_domains
                and vault_identifiers.is_address
                and not vault_identifiers.is_own_domain
                then 'other_domain'
            when not $has_roster then 'no_roster'
            when not vault_identifiers.is_address then 'not_an_address'
            when $has_domains then 'own_domain'
            else 'no_domains'
        end as basis
    from mentioned
    inner join vault_identifiers
        on mentioned.identifier_id = vault_identifiers.identifier_id
    left join roster_keys
        on mentioned.identifier_id = roster_keys.identifier_id
    left join decided
        on mentioned.identifier_id = decided.identifier_id

)

select
    identifier_id,
    person_id,
    case
        when basis like 'roster_%' or basis = 'no_roster' then 'person'
        when basis = 'other_domain' then 'external'
        else 'internal_unknown'
    end as party_kind,
    basis
from judged;

-- :forget
delete from raw.identity_map
where identifier_id not in (select identifier_id from mapped);

-- :change
update raw.identity_map set
    person_id = mapped.person_id,
    party_kind = mapped.party_kind,
    basis = mapped.basis,
    changed_at = $changed_at
from mapped
where
    identity_map.identifier_id = mapped.identifier_id
    and (identity_map.person_id, identity_map.party_kind, identity_map.basis)
    is distinct from (mapped.person_id, mapped.party_kind, mapped.basis);

-- :add
insert into raw.identity_map
select
    identifier_id,
    person_id,
    party_kind,
    basis,
    $changed_at as changed_at
from mapped
where identifier_id not in (select identifier_id from raw.identity_map)
order by identifier_id;

-- :rows
select count(*) as rows_in_table from raw.identity_map;
