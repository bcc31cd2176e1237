-- What changed with each programme? How many contacts in other teams those enrolled
-- have gained after four weeks beyond comparable people, with the 95 % interval. An
-- association with matched controls.

-- :answer
select
    programme_name,
    programme_type,
    design,
    matched,
    effect,
    interval_low,
    interval_high
from bi.programme_effects
where
    outcome = 'cross_team_contacts'
    and horizon_weeks = 4
    and not is_without_fellow_pairs
    and effect is not null
order by effect desc, programme_name asc, design asc;
