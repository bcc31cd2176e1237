-- One day of the interaction file comes in a file of its own, after all else was built.

-- :file
insert into raw.files by name
select files.* replace (
    (select max(numbered.file_id) + 1 from raw.files as numbered) as file_id,
    'late' as run_id
)
from raw.files
where files.format = 'interaction_csv'
order by files.file_id
limit 1;

-- :rows
update raw.interaction_csv_rows
set file_id = (select max(file_id) from raw.files)
where
    occurred_at::date = (
        select (max(occurred_at)::date - 7 * $weeks::integer)
        from raw.interaction_csv_rows
    );

-- :tables
select schema_name || '.' || table_name as name
from duckdb_tables()
where
    schema_name in ('intermediate', 'marts', 'bi')
    and not starts_with(table_name, 'int_built')
    and not starts_with(table_name, 'int_changed_')
    and table_name not in ('int_builds', 'release')
    and table_name not in ('fct_source_weeks', 'data_quality', 'int_sources')
order by name;

-- :fingerprint
select
    count(*) as row_count,
    coalesce(sum(hash(rows_of_table)::hugeint), 0) as fingerprint
from marts.fct_ties as rows_of_table;
