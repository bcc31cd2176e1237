-- All parameters of tacit.yml that change numbers, and what the run is made with.
-- Grain: one row. Models read them here, so that `dbt build` alone gives the numbers of
-- the whole job.

-- :declare
create table if not exists raw.parameters (
    organisation_name varchar not null,
    timezone varchar not null,
    has_declared_domains boolean not null,
    has_roster boolean not null,
    interaction_profile varchar not null,
    tie_window_weeks integer not null,
    tie_min_interactions integer not null,
    tie_requires_reciprocity boolean not null,
    rank_bases varchar[] not null,
    coverage_from date,
    coverage_to date,
    min_group_size integer not null,
    fingerprint varchar not null,
    code_fingerprint varchar,
    tacit_version varchar,
    great_expectations_version varchar,
    expectations integer,
    run_id varchar not null,
    read_at timestamp not null
);

-- :forget
delete from raw.parameters;

-- :load
insert into raw.parameters by name
select
    $organisation_name as organisation_name,
    $timezone as timezone,
    $has_declared_domains as has_declared_domains,
    $has_roster as has_roster,
    $interaction_profile as interaction_profile,
    $tie_window_weeks as tie_window_weeks,
    $tie_min_interactions as tie_min_interactions,
    $tie_requires_reciprocity as tie_requires_reciprocity,
    $rank_bases as rank_bases,
    $coverage_from as coverage_from,
    $coverage_to as coverage_to,
    $min_group_size as min_group_size,
    $fingerprint as fingerprint,
    $code_fingerprint as code_fingerprint,
    $tacit_version as tacit_version,
    $great_expectations_version as great_expectations_version,
    $expectations as expectations,
    $run_id as run_id,
    $read_at as read_at;
