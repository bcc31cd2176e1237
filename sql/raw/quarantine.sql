-- Records that could not be read. Grain: one row per record. A place and a reason,
-- never a value.

-- :declare
create table if not exists raw.quarantine (
    file_id bigint not null,
    locator varchar not null,
    reason varchar not null
);

-- :load
insert into raw.quarantine
select
    $file_id as file_id,
    locator,
    reason
from rejected
order by position;

-- :forget_files
delete from raw.quarantine
where list_contains($file_ids, file_id);
