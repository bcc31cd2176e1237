-- Rows of CSV rosters. Grain: one row per roster row and version. `is_dated` says that the file
-- has a `valid_from` of its own; `snapshot_on` is the day of a snapshot. Names are never read.

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
