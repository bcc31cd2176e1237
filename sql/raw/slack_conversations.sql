-- Conversations of Slack exports: channels, private channels, direct and group-direct
-- messages. Grain: one row per conversation and export. `label` is the name of a public
-- channel and of nothing else. `version_key` is the time of the export's last message.

-- :declare
create table if not exists raw.slack_conversations (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    member_number integer not null,
    position integer not null,
    source_name varchar not null,
    space_identifier_id bigint not null,
    kind varchar not null check (
        kind in ('public_channel', 'private_channel', 'direct', 'group_direct')
    ),
    label varchar,
    member_identifier_ids bigint[] not null
);

-- :stage
create or replace temp table staged_slack_conversations (
    record_id bigint,
    version_key bigint,
    content_hash bigint,
    member_number integer,
    position integer,
    space_identifier_id bigint,
    kind varchar,
    label varchar,
    member_identifier_ids bigint[]
);

-- :keep
insert into staged_slack_conversations by name
select * from typed_rows;

-- :load
insert into raw.slack_conversations by name
with

known as (

    select content_hash from raw.slack_conversations
    where source_name = $source_name

)

select
    staged.*,
    $file_id as file_id,
    $source_name as source_name
from staged_slack_conversations as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.member_number, staged.position
    ) = 1;

-- :unstage
drop table staged_slack_conversations;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.slack_conversations
where file_id = $file_id;

-- :forget_files
delete from raw.slack_conversations
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.slack_conversations;
