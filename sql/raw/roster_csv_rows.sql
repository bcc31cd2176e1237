-- Rows of CSV rosters. Grain: one row per roster row and version. `is_dated` says that
-- the file has a `valid_from` of its own; `snapshot_on` is the day of a snapshot. Names
-- are never read. `record_id` is a hash of source, person and the row's beginning,
-- `content_hash` of all it says.

-- :declare
create table if not exists raw.roster_csv_rows (
    record_id bigint not null,
    version_key bigint not null,
    content_hash bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    source_name varchar not null,
    person_identifier_id bigint not null,
    email_identifier_id bigint,
    alternate_identifier_ids bigint[] not null,
    manager_identifier_id bigint,
    team varchar,
    department varchar,
    discipline varchar,
    location varchar,
    work_mode varchar,
    job_level double,
    hired_on date,
    left_on date,
    is_dated boolean not null,
    valid_from date,
    valid_to date,
    snapshot_on date
);

-- :stage
create or replace temp table staged_roster_csv_rows (
    record_id bigint,
    content_hash bigint,
    line_number bigint,
    person_identifier_id bigint,
    email_identifier_id bigint,
    alternate_identifier_ids bigint[],
    manager_identifier_id bigint,
    team varchar,
    department varchar,
    discipline varchar,
    location varchar,
    work_mode varchar,
    job_level double,
    hired_on date,
    left_on date,
    is_dated boolean,
    valid_from date,
    valid_to date,
    snapshot_on date
);

-- :read
with

-- What a file has no column for comes without a type.
written as (

    select
        line_number,
        smallest_identifier_id,
        person_identifier_id,
        email_identifier_id::bigint as email_identifier_id,
        alternate_identifier_ids,
        manager_identifier_id::bigint as manager_identifier_id,
        team::varchar as team,
        department::varchar as department,
        discipline::varchar as discipline,
        location::varchar as location,
        work_mode::varchar as work_mode,
        job_level::varchar as job_level,
        hired_on::varchar as hired_on,
        left_on::varchar as left_on,
        valid_from::varchar as valid_from,
        valid_to::varchar as valid_to,
        snapshot_date::varchar as snapshot_date
    from incoming

),

dated as (

    select
        *,
        read_date(hired_on, $date_format) as hired_date,
        read_date(left_on, $date_format) as left_date,
        read_date(valid_from, $date_format) as valid_from_date,
        read_date(valid_to, $date_format) as valid_to_date,
        coalesce($snapshot_on::date, read_date(snapshot_date, $date_format))
            as snapshot_on,
        case
            when $grades is not null
                then list_position($grades, trim(job_level))::double
            when regexp_full_match(trim(job_level), '[+-]?\d+(\.\d*)?')
                then try_cast(trim(job_level) as double)
        end as level
    from written

),

typed as (

    select
        line_number,
        person_identifier_id,
        email_identifier_id,
        alternate_identifier_ids,
        manager_identifier_id,
        team,
        department,
        discipline,
        location,
        work_mode,
        level as job_level,
        hired_date as hired_on,
        left_date as left_on,
        $is_dated::boolean as is_dated,
        valid_from_date as valid_from,
        valid_to_date as valid_to,
        snapshot_on,
        case
            when person_identifier_id is null then 'empty_person_id'
            when smallest_identifier_id = -1 then 'field_too_long'
            when smallest_identifier_id = 0 then 'bad_identifier'
            when
                (trim(hired_on) != '' and hired_date is null)
                or (trim(left_on) != '' and left_date is null)
                or (trim(valid_from) != '' and valid_from_date is null)
                or (trim(valid_to) != '' and valid_to_date is null)
                or (trim(snapshot_date) != '' and snapshot_on is null)
                then 'bad_date'
            when $is_snapshot and snapshot_on is null then 'empty_snapshot_date'
            when trim(job_level) != '' and level is null and $grades is null
                then 'bad_job_level'
            when trim(job_level) != '' and level is null
                then 'unknown_grade'
        end as reason
    from dated

)

select
    *,
    (
        md5_number(json_array(
            $source_name, person_identifier_id, valid_from, snapshot_on
        )) >> 65
    )::bigint as record_id,
    (
        md5_number(json_array(
            person_identifier_id, email_identifier_id, alternate_identifier_ids,
            manager_identifier_id, team, department, discipline, location, work_mode,
            job_level, hired_on, left_on, is_dated, valid_from, valid_to, snapshot_on
        )) >> 65
    )::bigint as content_hash
from typed;

-- :keep
insert into staged_roster_csv_rows by name
select * from typed_rows;

-- :load
insert into raw.roster_csv_rows
with

known as (

    select content_hash
    from raw.roster_csv_rows
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
    staged.email_identifier_id,
    staged.alternate_identifier_ids,
    staged.manager_identifier_id,
    staged.team,
    staged.department,
    staged.discipline,
    staged.location,
    staged.work_mode,
    staged.job_level,
    staged.hired_on,
    staged.left_on,
    staged.is_dated,
    staged.valid_from,
    staged.valid_to,
    staged.snapshot_on
from staged_roster_csv_rows as staged
anti join known
    on staged.content_hash = known.content_hash
qualify
    row_number() over (
        partition by staged.content_hash
        order by staged.line_number
    ) = 1;

-- :unstage
drop table staged_roster_csv_rows;

-- :loaded
select
    count(*) as loaded,
    null::timestamp as first_event_at,
    null::timestamp as last_event_at
from raw.roster_csv_rows
where file_id = $file_id;

-- :snapshots_in_file
select distinct snapshot_on from raw.roster_csv_rows
where file_id = $file_id;

-- :staged_snapshots
select distinct snapshot_on from staged_roster_csv_rows;

-- :forget_files
delete from raw.roster_csv_rows
where list_contains($file_ids, file_id);

-- :rows
select count(*) as rows_in_table from raw.roster_csv_rows;
