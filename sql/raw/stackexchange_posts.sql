-- Questions and answers of question sites. Grain: one row per post and version. No
-- text, title or tag is here. A post is known by its number in the site, which is the
-- source; `thread_id` is the event of the question that it is or answers. `version_key`
-- is the time of its last edit, 0 without one. `author_kind` is an account, the site's
-- own (`bot`), or one that is deleted: then the author is a name that was left or NULL.

-- :declare
create table if not exists raw.stackexchange_posts (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    thread_id bigint not null,
    space_identifier_id bigint not null,
    author_identifier_id bigint,
    author_kind varchar not null check (author_kind in ('account', 'bot', 'deleted')),
    is_question boolean not null,
    occurred_at timestamp not null
);

-- :stage
create or replace temp table staged_stackexchange_posts (
    record_id bigint,
    version_key bigint,
    content_hash bigint,
    line_number bigint,
    event_id bigint,
    thread_id bigint,
    space_identifier_id bigint,
    author_identifier_id bigint,
    author_kind varchar,
    is_question boolean,
    occurred_at timestamp
);

-- :keep
insert into staged_stackexchange_posts by name
select * from typed_rows;

-- :load
insert into raw.stackexchange_posts by name
with

known as (

    select content_hash from raw.stackexchange_posts
    where source_name = $source_name

)

select
    staged.*,
    $file_id as file_id,
    $source_name as source_name
from staged_stackexchange_posts as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_stackexchange_posts;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.stackexchange_posts
where file_id = $file_id;

-- :forget_files
delete from raw.stackexchange_posts
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.stackexchange_posts;
