-- Rows of lists of programmes for learning. Grain: one row per row of a file and
-- version. `programme_id` is a keyed hash, the same in every source; `label` is the
-- programme's name, the company's own word, which is kept.

-- :declare
create table if not exists raw.programmes_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    programme_id bigint not null,
    programme_type varchar not null,
    label varchar,
    starts_on date,
    ends_on date
);

-- :stage
create or replace temp table staged_programmes_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    programme_id bigint,
    programme_type varchar,
    label varchar,
    starts_on date,
    ends_on date
);

-- :keep
insert into staged_programmes_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.programmes_csv_rows
with

known as (

    select content_hash
    from raw.programmes_csv_rows
    where source_name = $source_name

)

select
    staged.record_id,
    0 as version_key,
    staged.content_hash,
    $file_id as file_id,
    staged.line_number,
    $source_name as source_name,
    staged.programme_id,
    staged.programme_type,
    staged.label,
    staged.starts_on,
    staged.ends_on
from staged_programmes_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_programmes_csv_rows;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.programmes_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.programmes_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.programmes_csv_rows;
