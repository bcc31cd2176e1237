-- Rows of generic interaction files. Grain: one row per target of an event and version.
-- `event_id` is a keyed hash of the file's own event id, else a hash of channel, source
-- and time (of `contact` the target too); `record_id` of event and target,
-- `content_hash` of all that the row says. `copies` counts the identical rows of the
-- file (the manifest calls all but the first of them duplicates).

-- :declare
create table if not exists raw.interaction_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    event_id bigint not null,
    channel varchar not null,
    source_identifier_id bigint not null,
    target_identifier_id bigint,
    occurred_at timestamp not null,
    minutes double,
    is_mutual boolean not null,
    space_identifier_id bigint,
    copies integer not null
);

-- :stage
create or replace temp table staged_interaction_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    event_id bigint,
    channel_number utinyint,
    source_identifier_id bigint,
    target_identifier_id bigint,
    occurred_at timestamp,
    minutes double,
    is_mutual boolean,
    space_identifier_id bigint
);

-- :read
with

-- What a file has no column for comes without a type. The time is the only text: what
-- this database has had in memory may, long after, lie in what it writes to disk.
placed as (

    select
        * replace (
            space_identifier_id::bigint as space_identifier_id,
            own_event_hash::bigint as own_event_hash,
            minutes::double as minutes
        )
    from placed_times('incoming', $zone, $time_format)

)

select
    line_number,
    own_event_hash,
    channel_number,
    source_identifier_id,
    target_identifier_id,
    occurred_at,
    minutes,
    is_mutual,
    space_identifier_id,
    coalesce(
        case
            when source_identifier_id is null then 'empty_source'
            when
                least(source_identifier_id, target_identifier_id, space_identifier_id)
                = -1
                then 'field_too_long'
            when
                least(source_identifier_id, target_identifier_id, space_identifier_id)
                = 0
                then 'bad_identifier'
        end,
        reason_of_time(wall_time, possible_offsets, occurred_at, $earliest, $latest),
        case
            when not isfinite(minutes) then 'bad_minutes'
            when is_mutual is null then 'bad_mutual'
        end
    ) as reason
from placed;

-- :keep
insert into staged_interaction_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.interaction_csv_rows
with

repeated as (

    select
        staged.content_hash,
        count(*)::integer as copies,
        min(staged.line_number) as line_number
    from staged_interaction_csv_rows as staged
    semi join repeated_hashes
        on staged.content_hash = repeated_hashes.content_hash
    group by staged.content_hash

),

known as (

    select content_hash
    from raw.interaction_csv_rows
    where
        source_name = $source_name
        and occurred_at between
        (select min(staged.occurred_at) from staged_interaction_csv_rows as staged)
        and (select max(staged.occurred_at) from staged_interaction_csv_rows as staged)

)

select
    staged.record_id,
    0 as version_key,
    staged.content_hash,
    $file_id as file_id,
    staged.line_number,
    $source_name as source_name,
    staged.event_id,
    $channels[staged.channel_number + 1] as channel,
    staged.source_identifier_id,
    staged.target_identifier_id,
    staged.occurred_at,
    staged.minutes,
    staged.is_mutual,
    staged.space_identifier_id,
    coalesce(repeated.copies, 1) as copies
from staged_interaction_csv_rows as staged
left join repeated
    on staged.content_hash = repeated.content_hash
anti join known
    on staged.content_hash = known.content_hash
where repeated.content_hash is null or repeated.line_number = staged.line_number;

-- :unstage
drop table staged_interaction_csv_rows;

-- :loaded
select
    count(*) as loaded,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from raw.interaction_csv_rows
where file_id = $file_id;

-- :forget_files
delete from raw.interaction_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.interaction_csv_rows;
