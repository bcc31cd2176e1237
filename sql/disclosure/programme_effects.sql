-- What the audit of disclosure reads of the effects of programmes.

-- :cells
-- One row says on how many it rests twice: who enrolled, and who found controls. Where
-- one of them may not be shown it is NULL.
with

rows_shown as (

    select
        programme_name,
        design,
        outcome,
        horizon_weeks,
        is_without_fellow_pairs,
        is_withheld,
        { 'metric': 'enrolled', 'people': enrolled } as of_enrolled,
        { 'metric': 'matched', 'people': matched } as of_matched
    from bi.programme_effects

),

figures as (

    select
        *,
        unnest([of_enrolled, of_matched]) as figure
    from rows_shown

)

select
    [
        programme_name,
        design,
        outcome,
        horizon_weeks::varchar,
        is_without_fellow_pairs::varchar
    ]::varchar as cell,
    figure.metric,
    figure.people,
    0 as least_people,
    figure.people is null
    and (is_withheld or figure.metric = 'enrolled') as is_withheld
from figures
order by all;

-- :people
with

enrolled as (

    select
        programmes.programme_name,
        entries.programme_id,
        entries.design,
        count(distinct entries.person_id) as people
    from intermediate.int_programme_entries as entries
    inner join marts.dim_programmes as programmes
        on entries.programme_id = programmes.programme_id
    group by all

),

effects as (

    select
        enrolled.programme_name,
        enrolled.people,
        effects.*
    from marts.fct_programme_effects as effects
    inner join enrolled
        on
            effects.programme_id = enrolled.programme_id
            and effects.design = enrolled.design

),

matched as (

    select
        programme_id,
        design,
        outcome,
        horizon_weeks,
        is_without_fellow_pairs,
        count(distinct person_id) as people
    from intermediate.int_effect_differences
    group by all

),

counts as (

    select
        effects.programme_name,
        effects.design,
        effects.outcome,
        effects.horizon_weeks,
        effects.is_without_fellow_pairs,
        unnest(
            [
                { 'metric': 'enrolled', 'people': effects.people },
                { 'metric': 'matched', 'people': coalesce(matched.people, 0) }
            ]
        ) as figure
    from effects
    left join matched
        on
            effects.programme_id = matched.programme_id
            and effects.design = matched.design
            and effects.outcome = matched.outcome
            and effects.horizon_weeks = matched.horizon_weeks
            and effects.is_without_fellow_pairs = matched.is_without_fellow_pairs

)

select
    [
        programme_name,
        design,
        outcome,
        horizon_weeks::varchar,
        is_without_fellow_pairs::varchar
    ]::varchar as cell,
    figure.metric,
    figure.people
from counts
order by all;
