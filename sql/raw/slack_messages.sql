-- Messages of Slack exports. Grain: one row per message and version. What is derived
-- from a text was derived as it was read; no text is here. A message is known by its
-- conversation and its time, which Slack makes unique there. `thread_id` is the event
-- of the message that began the thread, its own for one that stands alone.

-- :declare
create table if not exists raw.slack_messages (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    member_number integer not null,
    position integer not null,
    source_name varchar not null,
    event_id bigint not null,
    thread_id bigint not null,
    space_identifier_id bigint not null,
    author_identifier_id bigint not null,
    is_author_foreign boolean not null,
    mentioned_identifier_ids bigint[] not null,
    reacting_identifier_ids bigint[] not null,
    has_unknown_group boolean not null,
    is_question boolean not null,
    text_length integer not null,
    occurred_at timestamp not null
);

-- :stage
create or replace temp table staged_slack_messages (
    record_id bigint,
    version_key bigint,
    content_hash bigint,
    member_number integer,
    position integer,
    event_id bigint,
    thread_id bigint,
    space_identifier_id bigint,
    author_identifier_id bigint,
    is_author_foreign boolean,
    mentioned_identifier_ids bigint[],
    reacting_identifier_ids bigint[],
    has_unknown_group boolean,
    is_question boolean,
    text_length integer,
    occurred_at timestamp
);

-- :keep
insert into staged_slack_messages by name
select * from typed_rows;

-- :load
insert into raw.slack_messages by name
with

known as (

    select content_hash from raw.slack_messages
    where source_name = $source_name

)

select
    staged.*,
    $file_id as file_id,
    $source_name as source_name
from staged_slack_messages as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.member_number, staged.position
    ) = 1;

-- :unstage
drop table staged_slack_messages;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.slack_messages
where file_id = $file_id;

-- :forget_files
delete from raw.slack_messages
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.slack_messages;
