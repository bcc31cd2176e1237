-- :cells
create temp table cells_now as
select
    *,
    programme_name as scope,
    date '1970-01-01' as period_start,
    '' as segment_type,
    '' as segment_value,
    [
        design,
        outcome,
        horizon_weeks::varchar,
        is_without_fellow_pairs::varchar
    ]::varchar as metric,
    '' as statistic
from candidate.bi.programme_effects;

-- :people
-- What everybody had with whom an effect was worked out, enrolled or a control: not his
-- difference, of which the slope is a part, so that it changes with anybody's numbers.
create temp table people_now as
with

effects as (

    select
        effects.programme_id,
        programmes.programme_name,
        effects.design,
        effects.outcome,
        effects.horizon_weeks,
        effects.is_without_fellow_pairs,
        [
            effects.design,
            effects.outcome,
            effects.horizon_weeks::varchar,
            effects.is_without_fellow_pairs::varchar
        ]::varchar as metric
    from warehouse.marts.fct_programme_effects as effects
    inner join warehouse.marts.dim_programmes as programmes
        on effects.programme_id = programmes.programme_id

),

enrolled as (

    select
        effects.programme_name,
        effects.metric,
        entries.person_id
    from effects
    inner join warehouse.intermediate.int_programme_entries as entries
        on
            effects.programme_id = entries.programme_id
            and effects.design = entries.design

),

matches as (

    select
        effects.programme_name,
        effects.metric,
        matches.person_id,
        matches.value_before,
        matches.value_after,
        matches.control_id,
        matches.control_value_before,
        matches.control_value_after
    from warehouse.intermediate.int_effect_matches as matches
    inner join effects
        on
            matches.programme_id = effects.programme_id
            and matches.design = effects.design
            and matches.outcome = effects.outcome
            and matches.horizon_weeks = effects.horizon_weeks
            and matches.is_without_fellow_pairs = effects.is_without_fellow_pairs

),

-- A control of several is one person.
observed as (

    select
        programme_name,
        metric,
        person_id,
        hash(value_before, value_after) as observed
    from matches
    union
    select
        programme_name,
        metric,
        control_id as person_id,
        hash(control_value_before, control_value_after) as observed
    from matches

),

-- Whoever is enrolled counts without controls too.
numbers as (

    select
        programme_name,
        metric,
        person_id,
        coalesce(sum(observed.observed), 0)::double as number
    from enrolled
    full outer join observed using (programme_name, metric, person_id)
    group by
        programme_name,
        metric,
        person_id

)

select
    programme_name as scope,
    date '1970-01-01' as period_start,
    person_id,
    null::map (varchar, varchar) as segments,
    map(list(metric order by metric), list(number order by metric)) as numbers
from numbers
group by
    programme_name,
    person_id;
