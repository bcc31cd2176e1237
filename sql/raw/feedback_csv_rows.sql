-- Rows of files of feedback among peers. Grain: one row per row of a file and version.
-- Anonymous feedback has neither giver nor receivers, and its `event_id` is made under
-- the vault's key. The rest is as in the rows of kudos.

-- :declare
create table if not exists raw.feedback_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    giver_identifier_id bigint,
    receiver_identifier_ids bigint[] not null,
    occurred_at timestamp not null
);

-- :stage
create or replace temp table staged_feedback_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    event_id bigint,
    giver_identifier_id bigint,
    receiver_identifier_ids bigint[],
    occurred_at timestamp
);

-- :keep
insert into staged_feedback_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.feedback_csv_rows
with

known as (

    select content_hash
    from raw.feedback_csv_rows
    where source_name = $source_name

)

select
    staged.record_id,
    0 as version_key,
    staged.content_hash,
    $file_id as file_id,
    staged.line_number,
    $source_name as source_name,
    staged.event_id,
    staged.giver_identifier_id,
    staged.receiver_identifier_ids,
    staged.occurred_at
from staged_feedback_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_feedback_csv_rows;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.feedback_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.feedback_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.feedback_csv_rows;
