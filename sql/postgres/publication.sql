-- The published tables in PostgreSQL: a schema for each generation, and one of views
-- that show the current one. What tacit made says so in its comment.

-- :lock
select pg_try_advisory_lock(hashtext(%(views)s)) as is_ours;

-- :schemas
select
    nspname as schema_name,
    obj_description(oid, 'pg_namespace') as said
from pg_catalog.pg_namespace
where nspname = %(views)s or starts_with(nspname, %(prefix)s)
order by nspname;

-- :begin_schema
create schema {schema};

-- :mark_schema
comment on schema {schema} is {said};

-- :create_table
create table {schema}.{table} ({declared_columns});

-- :copy_table
copy {schema}.{table} ({columns}) from stdin;

-- :count_rows
select count(*) from {schema}.{table};

-- :analyze_table
analyze {schema}.{table};

-- :views
select viewname from pg_catalog.pg_views
where schemaname = %(views)s
order by viewname;

-- :columns
select
    attname as name,
    format_type(atttypid, atttypmod) as type
from pg_catalog.pg_attribute
where attrelid = to_regclass(%(relation)s) and attnum > 0 and not attisdropped
order by attnum;

-- :lock_views
-- Shorter than PostgreSQL takes to look for a deadlock (one second): it is never a
-- reader that is sent away.
set local lock_timeout = '300ms';
lock table {relations} in access exclusive mode;

-- :show_table
create or replace view {schema}.{table} as select * from {generation}.{table};

-- :drop_view
drop view {schema}.{table};

-- :let_read
grant usage on schema {schema} to {readers};
grant select on all tables in schema {schema} to {readers};

-- :drop_schema
set local lock_timeout = '2s';
drop schema {schema} cascade;
