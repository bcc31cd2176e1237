-- What a record says of itself.

-- :declare
create table stated.about (
    shape integer not null,
    state integer not null,
    parameters_fingerprint varchar not null
);

create table stated.people (
    panel varchar not null,
    state integer not null,
    scope varchar not null,
    period_start date not null,
    person_id bigint not null,
    segments map (varchar, varchar),
    numbers map (varchar, double)
);

-- :parameters
select
    min_group_size,
    fingerprint
from warehouse.marts.dim_parameters;

-- :about
select
    shape,
    state,
    parameters_fingerprint
from before.about;

-- :remember
insert into stated.about values (?, ?, ?);

-- :counts
-- What a release counts is what is published.
update candidate.bi.release
set
    segment_cells = (select count(*) from candidate.bi.segment_weeks),
    withheld_segment_cells = (
        select count(*)
        from candidate.bi.segment_weeks
        where is_withheld
    ),
    unit_pair_cells = (select count(*) from candidate.bi.unit_pair_weeks),
    withheld_unit_pair_cells = (
        select count(*)
        from candidate.bi.unit_pair_weeks
        where is_withheld
    );
