-- Rows of files that say who has which accounts and addresses. Grain: one row per row
-- of a file and version. What becomes of them is `raw.identity_map`'s business.

-- :declare
create table if not exists raw.identities_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    person_identifier_id bigint not null,
    identifier_ids bigint[] not null
);

-- :stage
create or replace temp table staged_identities_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    person_identifier_id bigint,
    identifier_ids bigint[]
);

-- :keep
insert into staged_identities_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.identities_csv_rows
with

known as (

    select content_hash
    from raw.identities_csv_rows
    where source_name = $source_name

)

select
    staged.record_id,
    0 as version_key,
    staged.content_hash,
    $file_id as file_id,
    staged.line_number,
    $source_name as source_name,
    staged.person_identifier_id,
    staged.identifier_ids
from staged_identities_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_identities_csv_rows;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.identities_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.identities_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.identities_csv_rows;
