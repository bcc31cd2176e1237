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
-- Who is enrolled, and by how much more than his controls he changed.
create temp table people_now as
with

effects as (

    select
        programmes.programme_name,
        effects.programme_id,
        effects.design,
        effects.outcome,
        effects.horizon_weeks,
        effects.is_without_fellow_pairs
    from warehouse.marts.fct_programme_effects as effects
    inner join warehouse.marts.dim_programmes as programmes
        on effects.programme_id = programmes.programme_id

),

numbers as (

    select
        effects.programme_name,
        entries.person_id,
        [
            effects.design,
            effects.outcome,
            effects.horizon_weeks::varchar,
            effects.is_without_fellow_pairs::varchar
        ]::varchar as metric,
        hash(differences.difference, differences.controls)::double as number
    from effects
    inner join warehouse.intermediate.int_programme_entries as entries
        on
            effects.programme_id = entries.programme_id
            and effects.design = entries.design
    left join warehouse.intermediate.int_effect_differences as differences
        on
            effects.programme_id = differences.programme_id
            and effects.design = differences.design
            and effects.outcome = differences.outcome
            and effects.horizon_weeks = differences.horizon_weeks
            and effects.is_without_fellow_pairs
            = differences.is_without_fellow_pairs
            and entries.person_id = differences.person_id

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
