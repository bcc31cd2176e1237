-- Accounts of Slack exports. Grain: one row per account and export. No names: the
-- account's id and its address, as identifiers, and what kind of account it is.
-- `version_key` is the time of the export's last message.

-- :declare
create table if not exists raw.slack_users (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    member_number integer not null,
    position integer not null,
    source_name varchar not null,
    user_identifier_id bigint not null,
    email_identifier_id bigint,
    kind varchar not null check (kind in ('member', 'guest', 'bot'))
);

-- :stage
create or replace temp table staged_slack_users (
    record_id bigint,
    version_key bigint,
    content_hash bigint,
    member_number integer,
    position integer,
    user_identifier_id bigint,
    email_identifier_id bigint,
    kind varchar
);

-- :keep
insert into staged_slack_users by name
select * from typed_rows;

-- :load
insert into raw.slack_users by name
with

known as (

    select content_hash from raw.slack_users
    where source_name = $source_name

)

select
    staged.*,
    $file_id as file_id,
    $source_name as source_name
from staged_slack_users as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.member_number, staged.position
    ) = 1;

-- :unstage
drop table staged_slack_users;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.slack_users
where file_id = $file_id;

-- :forget_files
delete from raw.slack_users
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.slack_users;
