-- Who is behind an identifier. Grain: one row per identifier that the loaded records
-- mention. `person_id` is the identifier_id of a person's roster key; of anybody else
-- it is the identifier itself. Rebuilt from rosters and identity files on every run; a
-- row's `changed_at` moves only when it changes.

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

identity_rows as (

    select identities_csv_rows.*
    from raw.identities_csv_rows
    semi join raw.sources
        on identities_csv_rows.source_name = sources.source_name

),

interaction_rows as (

    select interaction_csv_rows.*
    from raw.interaction_csv_rows
    semi join raw.sources
        on interaction_csv_rows.source_name = sources.source_name

),

gifts as (

    select
        giver_identifier_id,
        receiver_identifier_ids
    from raw.recognition_csv_rows
    semi join raw.sources
        on recognition_csv_rows.source_name = sources.source_name

    union all

    select
        giver_identifier_id,
        receiver_identifier_ids
    from raw.feedback_csv_rows
    semi join raw.sources
        on feedback_csv_rows.source_name = sources.source_name

),

enrolment_rows as (

    select enrolments_csv_rows.*
    from raw.enrolments_csv_rows
    semi join raw.sources
        on enrolments_csv_rows.source_name = sources.source_name

),

session_rows as (

    select sessions_csv_rows.*
    from raw.sessions_csv_rows
    semi join raw.sources
        on sessions_csv_rows.source_name = sources.source_name

),

messages as (

    select slack_messages.*
    from raw.slack_messages
    semi join raw.sources
        on slack_messages.source_name = sources.source_name

),

conversations as (

    select slack_conversations.*
    from raw.slack_conversations
    semi join raw.sources
        on slack_conversations.source_name = sources.source_name

),

account_rows as (

    select slack_users.*
    from raw.slack_users
    semi join raw.sources
        on slack_users.source_name = sources.source_name

),

posts as (

    select stackexchange_posts.*
    from raw.stackexchange_posts
    semi join raw.sources
        on stackexchange_posts.source_name = sources.source_name

),

-- What the newest export says of an account; one that no export lists is a stranger if
-- its messages came from another workspace. Of a question site's, its own is a bot.
accounts as (

    select
        user_identifier_id as identifier_id,
        kind
    from account_rows
    qualify
        row_number() over (
            partition by user_identifier_id
            order by version_key desc, content_hash asc
        ) = 1

    union all

    select distinct
        author_identifier_id as identifier_id,
        'stranger' as kind
    from messages
    where
        is_author_foreign
        and author_identifier_id not in (
            select account_rows.user_identifier_id from account_rows
        )

    union all

    select distinct
        author_identifier_id as identifier_id,
        'bot' as kind
    from posts
    where author_kind = 'bot'

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
    select person_identifier_id from identity_rows
    union
    select unnest(identifier_ids) from identity_rows
    union
    select source_identifier_id from interaction_rows
    union
    select target_identifier_id from interaction_rows
    union
    select giver_identifier_id from gifts
    union
    select unnest(receiver_identifier_ids) from gifts
    union
    select person_identifier_id from enrolment_rows
    union
    select partner_identifier_id from enrolment_rows
    union
    select person_identifier_id from session_rows
    union
    select author_identifier_id from messages
    union
    select unnest(mentioned_identifier_ids) from messages
    union
    select unnest(reacting_identifier_ids) from messages
    union
    select unnest(member_identifier_ids) from conversations
    union
    select user_identifier_id from account_rows
    union
    select email_identifier_id from account_rows
    union
    select author_identifier_id from posts

),

roster_keys as (

    select distinct person_identifier_id as identifier_id from roster_rows

),

-- Without a roster, whoever an identity file names as a person is one.
identity_keys as (

    select distinct person_identifier_id as identifier_id
    from identity_rows
    where not $has_roster

),

keys as (

    select
        identifier_id,
        'roster_person_id' as basis
    from roster_keys

    union all

    select
        identifier_id,
        'identity_file' as basis
    from identity_keys

),

-- What is said of identifiers that are nobody's key: by roster rows, and since when
-- they hold; by identity files, which know better.
claims as (

    select
        email_identifier_id as identifier_id,
        person_identifier_id as person_id,
        'roster_email' as basis,
        0 as strength,
        coalesce(valid_from, snapshot_on, hired_on, '-infinity'::date) as begins_on
    from roster_rows
    union all
    select
        unnest(alternate_identifier_ids) as identifier_id,
        person_identifier_id as person_id,
        'roster_alternate_id' as basis,
        0 as strength,
        coalesce(valid_from, snapshot_on, hired_on, '-infinity'::date) as begins_on
    from roster_rows
    union all
    select
        unnest(identity_rows.identifier_ids) as identifier_id,
        identity_rows.person_identifier_id as person_id,
        'identity_file' as basis,
        1 as strength,
        '-infinity'::date as begins_on
    from identity_rows
    semi join keys
        on identity_rows.person_identifier_id = keys.identifier_id

),

claimants as (

    select
        identifier_id,
        person_id,
        strength,
        max(basis) as basis,
        max(begins_on) as begins_on
    from claims
    where
        identifier_id is not null
        and identifier_id not in (select keys.identifier_id from keys)
    group by identifier_id, person_id, strength

),

last_claimants as (

    select * from claimants
    qualify
        strength = max(strength) over (partition by identifier_id)
        and begins_on = max(begins_on) over (partition by identifier_id, strength)

),

-- Of several claimants the one whose row begins last; nobody where several begin last
-- together, as all do in identity files.
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
            when keys.identifier_id is not null then keys.identifier_id
            when decided.is_contested = false then decided.person_id
            else mentioned.identifier_id
        end as person_id,
        case
            when keys.basis is not null then keys.basis
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
    left join keys
        on mentioned.identifier_id = keys.identifier_id
    left join decided
        on mentioned.identifier_id = decided.identifier_id

),

kinds as (

    select
        identifier_id,
        person_id,
        case
            when
                basis like 'roster_%' or basis in ('identity_file', 'no_roster')
                then 'person'
            when basis = 'other_domain' then 'external'
            else 'internal_unknown'
        end as party_kind,
        basis,
        basis like 'roster_%' or basis = 'identity_file' as is_known
    from judged

),

-- Of an account's addresses the one that is known to be a person's, else the newest.
account_addresses as (

    select
        account_rows.user_identifier_id as identifier_id,
        kinds.person_id,
        kinds.party_kind,
        kinds.is_known
    from account_rows
    inner join kinds
        on account_rows.email_identifier_id = kinds.identifier_id
    qualify row_number() over (
        partition by account_rows.user_identifier_id
        order by
            kinds.is_known desc,
            account_rows.version_key desc,
            account_rows.content_hash asc
    ) = 1

),

-- An account is whoever its address is, unless a roster or an identity file names the
-- account itself. A bot is nobody; a guest, and a stranger of another workspace, is an
-- external unless the address is known to be a person's.
account_parties as (

    select
        kinds.identifier_id,
        case
            when kinds.is_known or kinds.basis = 'contested'
                then kinds.person_id
            else coalesce(account_addresses.person_id, kinds.person_id)
        end as person_id,
        case
            when kinds.is_known or kinds.basis = 'contested'
                then kinds.party_kind
            when accounts.kind = 'bot' then 'bot'
            when
                accounts.kind in ('guest', 'stranger')
                and account_addresses.is_known is not true
                then 'external'
            else coalesce(account_addresses.party_kind, kinds.party_kind)
        end as party_kind,
        case
            when kinds.is_known or kinds.basis = 'contested'
                then kinds.basis
            else 'account'
        end as basis
    from kinds
    inner join accounts
        on kinds.identifier_id = accounts.identifier_id
    left join account_addresses
        on kinds.identifier_id = account_addresses.identifier_id

),

-- An address that is not known to be anybody's is that of the account which had it
-- last.
address_owners as (

    select
        email_identifier_id as identifier_id,
        user_identifier_id as account_id
    from account_rows
    where email_identifier_id is not null
    qualify row_number() over (
        partition by email_identifier_id
        order by version_key desc, content_hash asc
    ) = 1

),

address_parties as (

    select
        address_owners.identifier_id,
        account_parties.person_id,
        account_parties.party_kind,
        'account' as basis
    from address_owners
    anti join accounts
        on address_owners.identifier_id = accounts.identifier_id
    inner join account_parties
        on address_owners.account_id = account_parties.identifier_id
    inner join kinds
        on address_owners.identifier_id = kinds.identifier_id
    where
        not kinds.is_known
        and kinds.basis != 'contested'

),

of_accounts as (

    select * from account_parties

    union all

    select * from address_parties

)

select
    kinds.identifier_id,
    coalesce(of_accounts.person_id, kinds.person_id) as person_id,
    coalesce(of_accounts.party_kind, kinds.party_kind) as party_kind,
    coalesce(of_accounts.basis, kinds.basis) as basis
from kinds
left join of_accounts
    on kinds.identifier_id = of_accounts.identifier_id;

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
