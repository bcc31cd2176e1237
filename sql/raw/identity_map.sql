-- Who is behind an identifier. Grain: one row per identifier that the loaded records mention.
-- `person_id` is the identifier_id of a person's roster key; of anybody else it is the identifier
-- itself. Rebuilt from the roster on every run; a row's `changed_at` moves only when it changes.

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
