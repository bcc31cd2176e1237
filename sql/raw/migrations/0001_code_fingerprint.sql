-- A warehouse that another version of the project has built is built anew.
alter table raw.parameters add column if not exists code_fingerprint varchar;
