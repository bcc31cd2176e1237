-- Of a roster whose files' names say their day, two days may hold the same bytes.
alter table raw.files add column if not exists snapshot_on date;
