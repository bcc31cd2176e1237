-- The sources that tacit.yml names now. Grain: one row per source. Records of a source
-- that is no longer named stay in their tables and count in no number.

-- :declare
create table if not exists raw.sources (
    source_name varchar primary key,
    format varchar not null,
    channel varchar,
    derives_units boolean not null
);

-- :replace
delete from raw.sources
where source_name not in (select source_name from configured_sources);

insert or replace into raw.sources
select
    source_name,
    format,
    channel,
    derives_units
from configured_sources;
