-- What tables look like: for the catalogue that Dagster shows, and for `tacit shell`.

-- :tables
select
    table_name,
    estimated_size as row_count
from duckdb_tables()
where
    database_name = current_database()
    and schema_name = $schema
order by table_name;

-- :columns
select
    column_name,
    data_type,
    is_nullable,
    comment
from duckdb_columns()
where
    database_name = current_database()
    and schema_name = $schema
    and table_name = $table
order by column_index;

-- :is_table
select count(*) > 0 as is_table
from duckdb_tables()
where
    database_name = current_database()
    and schema_name = $schema
    and table_name = $table;

-- :new_exports
select
    source_name,
    count(*) as files,
    sum(bytes)::bigint as bytes,
    sum(records)::bigint as records,
    max(exported_at) as exported_at
from raw.files
where
    run_id = $run_id
    and format = $format
group by source_name
order by source_name;
