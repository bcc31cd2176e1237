-- Records that could not be read. Grain: one row per record. A place and a reason, never a value.

-- :declare
create table if not exists raw.quarantine (
    file_id bigint not null,
    locator varchar not null,
    reason varchar not null
);
