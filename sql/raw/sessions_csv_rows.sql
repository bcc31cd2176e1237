-- Rows of lists of sessions that were held. Grain: one row per person of a session and
-- version. `event_id` and `programme_id` are keyed hashes, the latter the same in every
-- source. Sessions that were cancelled or are to come are excluded by a named rule.
-- `is_present` is NULL where the file does not say.

-- :declare
create table if not exists raw.sessions_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    programme_id bigint,
    kind varchar not null,
    channel varchar not null,
    person_identifier_id bigint not null,
    is_leading boolean not null,
    is_present boolean,
    occurred_at timestamp not null,
    minutes double
);

-- :stage
create or replace temp table staged_sessions_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    event_id bigint,
    programme_id bigint,
    kind varchar,
    channel varchar,
    person_identifier_id bigint,
    is_leading boolean,
    is_present boolean,
    occurred_at timestamp,
    minutes double
);

-- :keep
insert into staged_sessions_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.sessions_csv_rows
with

known as (

    select content_hash
    from raw.sessions_csv_rows
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
    staged.programme_id,
    staged.kind,
    staged.channel,
    staged.person_identifier_id,
    staged.is_leading,
    staged.is_present,
    staged.occurred_at,
    staged.minutes
from staged_sessions_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_sessions_csv_rows;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.sessions_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.sessions_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.sessions_csv_rows;
