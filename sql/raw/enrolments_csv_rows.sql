-- Rows of lists of enrolments in programmes. Grain: one row per row of a file and
-- version. `programme_id` is a keyed hash, the same in every source.

-- :declare
create table if not exists raw.enrolments_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    programme_id bigint not null,
    person_identifier_id bigint not null,
    role varchar not null,
    partner_identifier_id bigint,
    starts_on date not null,
    ends_on date,
    planned_sessions integer
);

-- :stage
create or replace temp table staged_enrolments_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    programme_id bigint,
    person_identifier_id bigint,
    role varchar,
    partner_identifier_id bigint,
    starts_on date,
    ends_on date,
    planned_sessions integer
);

-- :keep
insert into staged_enrolments_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.enrolments_csv_rows
with

known as (

    select content_hash
    from raw.enrolments_csv_rows
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
    staged.person_identifier_id,
    staged.role,
    staged.partner_identifier_id,
    staged.starts_on,
    staged.ends_on,
    staged.planned_sessions
from staged_enrolments_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_enrolments_csv_rows;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.enrolments_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.enrolments_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.enrolments_csv_rows;
