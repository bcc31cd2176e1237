-- All parameters of tacit.yml that change numbers. Grain: one row. Models read them here, so that
-- `dbt build` alone gives the numbers of the whole job.

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
    run_id varchar not null,
    read_at timestamp not null
);
