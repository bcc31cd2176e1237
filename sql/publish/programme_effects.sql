-- What changed with programmes, beside matched controls. Grain: one row per programme,
-- design, outcome, horizon, and whether pairs of fellows are left out. A withheld row
-- has no number of those matched and no effect.

-- :declare
create table candidate.bi.programme_effects (
    programme_name varchar not null,
    programme_type varchar not null,
    design varchar not null,
    outcome varchar not null,
    horizon_weeks integer not null,
    is_without_fellow_pairs boolean not null,
    enrolled integer,
    matched integer,
    effect double,
    standard_error double,
    interval_low double,
    interval_high double,
    detectable_effect double,
    is_withheld boolean not null,
    caveat varchar not null
);

-- :publish
insert into candidate.bi.programme_effects by name
select
    programme_name,
    programme_type,
    design,
    outcome,
    horizon_weeks,
    is_without_fellow_pairs,
    enrolled,
    matched,
    effect,
    standard_error,
    interval_low,
    interval_high,
    detectable_effect,
    is_withheld,
    caveat
from warehouse.bi.programme_effects
order by
    programme_name, design, outcome, horizon_weeks, is_without_fellow_pairs;

-- :effects
select
    effects.design,
    effects.outcome,
    effects.horizon_weeks,
    min(effects.standard_error) as smallest_error,
    bool_and(
        effects.effect is null
        or effects.interval_low is null
        or effects.effect between effects.interval_low and effects.interval_high
    ) as has_effects_in_intervals,
    min(effects.matched - release.min_group_size) as people_above_minimum,
    max(effects.matched - effects.enrolled) as matched_beyond_enrolled,
    count(*)
    filter (
        where effects.is_withheld
        and (
            effects.matched is not null
            or effects.effect is not null
            or effects.standard_error is not null
            or effects.interval_low is not null
            or effects.interval_high is not null
            or effects.detectable_effect is not null
        )
    )
        as withheld_rows_that_tell
from bi.programme_effects as effects
cross join bi.release
group by effects.design, effects.outcome, effects.horizon_weeks
order by effects.design, effects.outcome, effects.horizon_weeks;
