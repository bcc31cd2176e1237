-- The sources that tacit.yml names now. Grain: one row per source. Records of a source that is no
-- longer named stay in their tables and count in no number.

-- :declare
create table if not exists raw.sources (
    source_name varchar primary key,
    format varchar not null,
    channel varchar,
    derives_units boolean not null
);
