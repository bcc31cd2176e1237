-- The manifest. Grain: one row per file and load. Every record of a file ends in
-- exactly one of loaded, duplicate, quarantined or excluded; `records` is counted apart
-- from the parser, and nothing is published while the two do not agree. A file's path
-- may name a person, so only its keyed fingerprint is kept. `snapshot_on` is the day in
-- a roster file's name, where that says of which day its rows are.

-- :declare
create table if not exists raw.files (
    file_id bigint primary key,
    run_id varchar not null,
    source_name varchar not null,
    format varchar not null,
    sha256 varchar not null,
    reading_fingerprint varchar not null,
    path_fingerprint varchar not null,
    exported_at timestamp not null,
    loaded_at timestamp not null,
    superseded_at timestamp,
    bytes bigint not null,
    records bigint not null,
    loaded bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    excluded map (varchar, bigint) not null,
    first_event_at timestamp,
    last_event_at timestamp,
    snapshot_on date
);

-- :of_source
select
    file_id,
    sha256,
    reading_fingerprint,
    path_fingerprint,
    bytes,
    snapshot_on
from raw.files
where source_name = $source_name and superseded_at is null
order by file_id;

-- :next_id
select coalesce(max(file_id), 0) + 1 as file_id from raw.files;

-- :note
insert into raw.files by name
select
    $file_id as file_id,
    $run_id as run_id,
    $source_name as source_name,
    $format as format,
    $sha256 as sha256,
    $reading_fingerprint as reading_fingerprint,
    $path_fingerprint as path_fingerprint,
    $exported_at as exported_at,
    $loaded_at as loaded_at,
    null as superseded_at,
    $bytes as bytes,
    $records as records,
    $loaded as loaded,
    $duplicate as duplicate,
    $quarantined as quarantined,
    map($rules::varchar[], $excluded::bigint[]) as excluded,
    $first_event_at as first_event_at,
    $last_event_at as last_event_at,
    $snapshot_on::date as snapshot_on;

-- :supersede
update raw.files set superseded_at = $superseded_at
where list_contains($file_ids, file_id);

-- :unbalanced
-- Every record of a file is loaded, a duplicate, quarantined or excluded, and the
-- tables hold what the manifest says: `found_rows` and `found_quarantined` are counted
-- in them.
with

found_rows as (

    select
        file_id,
        count(*) as row_count
    from (
        select file_id from raw.roster_csv_rows
        union all
        select file_id from raw.interaction_csv_rows
        union all
        select file_id from raw.recognition_csv_rows
        union all
        select file_id from raw.feedback_csv_rows
        union all
        select file_id from raw.programmes_csv_rows
        union all
        select file_id from raw.enrolments_csv_rows
        union all
        select file_id from raw.sessions_csv_rows
        union all
        select file_id from raw.identities_csv_rows
        union all
        select file_id from raw.slack_messages
        union all
        select file_id from raw.slack_conversations
        union all
        select file_id from raw.slack_users
        union all
        select file_id from raw.stackexchange_posts
    ) as loaded_rows
    group by file_id

),

found_quarantined as (

    select
        file_id,
        count(*) as row_count
    from raw.quarantine
    group by file_id

),

balances as (

    select
        coalesce(files.file_id, found_rows.file_id, found_quarantined.file_id)
            as file_id,
        files.source_name,
        files.records,
        files.loaded,
        files.duplicate,
        files.quarantined,
        coalesce(list_sum(map_values(files.excluded)), 0)::bigint as excluded,
        coalesce(found_rows.row_count, 0) as found_rows,
        coalesce(found_quarantined.row_count, 0) as found_quarantined,
        files.superseded_at is not null as is_superseded
    from raw.files as files
    full outer join found_rows
        on files.file_id = found_rows.file_id
    full outer join found_quarantined
        on coalesce(files.file_id, found_rows.file_id) = found_quarantined.file_id

)

select
    file_id,
    source_name,
    records,
    loaded,
    duplicate,
    quarantined,
    excluded,
    found_rows,
    found_quarantined
from balances
where
    source_name is null
    or records != loaded + duplicate + quarantined + excluded
    or found_rows != case when is_superseded then 0 else loaded end
    or found_quarantined != case when is_superseded then 0 else quarantined end
order by file_id;
