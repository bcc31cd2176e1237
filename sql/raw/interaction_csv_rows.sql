-- Rows of generic interaction files. Grain: one row per target of an event and version. `event_id`
-- is a keyed hash of the file's own event id, else of source, time and channel; `copies` counts
-- the identical rows of the file (the manifest calls all but the first of them duplicates).

-- :declare
create table if not exists raw.interaction_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    channel varchar not null,
    source_identifier_id bigint not null,
    target_identifier_id bigint,
    occurred_at timestamp not null,
    minutes double,
    is_mutual boolean not null,
    space_identifier_id bigint,
    copies integer not null
);
