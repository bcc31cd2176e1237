-- Does what a programme changed last? Effects on contacts in other teams after four
-- weeks and after twelve, each with its 95 % interval. An association with matched
-- controls.

-- :answer
select
    programme_name,
    design,
    any_value(effect) filter (where horizon_weeks = 4) as effect_4_weeks,
    any_value(interval_low) filter (where horizon_weeks = 4) as low_4_weeks,
    any_value(interval_high) filter (where horizon_weeks = 4) as high_4_weeks,
    any_value(effect) filter (where horizon_weeks = 12) as effect_12_weeks,
    any_value(interval_low) filter (where horizon_weeks = 12) as low_12_weeks,
    any_value(interval_high) filter (where horizon_weeks = 12) as high_12_weeks
from bi.programme_effects
where
    outcome = 'cross_team_contacts'
    and not is_without_fellow_pairs
group by programme_name, design
having count(effect) > 0
order by programme_name, design;
