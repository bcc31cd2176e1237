-- A publication says by which versions it was made, and how many expectations it met.
alter table raw.parameters add column if not exists tacit_version varchar;
alter table raw.parameters add column if not exists great_expectations_version varchar;
alter table raw.parameters add column if not exists expectations integer;
