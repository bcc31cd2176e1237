-- The manifest. Grain: one row per file and load. Every record of a file ends in exactly one of
-- loaded, duplicate, quarantined or excluded; `records` is counted apart from the parser, and
-- nothing is published while the two do not agree. A file's path may name a person, so only its
-- keyed fingerprint is kept.

-- :declare
create table if not exists raw.files (
    file_id bigint primary key,
    run_id varchar not null,
    source_name varchar not null,
    format varchar not null,
    sha256 varchar not null,
    reading_fingerprint varchar not null,
    path_fingerprint varchar not null,
    exported_at timestamp not null,
    loaded_at timestamp not null,
    superseded_at timestamp,
    bytes bigint not null,
    records bigint not null,
    loaded bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    excluded map(varchar, bigint) not null,
    first_event_at timestamp,
    last_event_at timestamp
);
