-- Which changes of shape a warehouse has behind it. Grain: one row per migration
-- applied. Not for models: it belongs to the loader alone.

-- :declare
create schema if not exists raw;

create table if not exists raw.migrations (
    number integer primary key,
    name varchar not null,
    applied_at timestamp not null default current_localtimestamp()
);

-- :is_in_use
select count(*) > 0 as is_in_use
from information_schema.tables
where table_schema = 'raw' and table_name = 'files';

-- :applied
select number from raw.migrations;

-- :note
insert into raw.migrations (number, name) values (?, ?);
