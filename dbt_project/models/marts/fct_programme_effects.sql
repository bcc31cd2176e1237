with

entries as (

    select * from {{ ref('int_programme_entries') }}

),

differences as (

    select * from {{ ref('int_effect_differences') }}

),

matches as (

    select * from {{ ref('int_effect_matches') }}

),

student_t as (

    select * from {{ ref('student_t') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

outcomes as (

    select unnest({{ programme_outcomes() }}) as outcome

),

horizons as (

    select unnest({{ programme_horizons() }}) as horizon_weeks

),

variants as (

    select unnest([false, true]) as is_without_fellow_pairs

),

enrolled as (

    select
        programme_id,
        design,
        count(*)::integer as enrolled
    from entries
    group by
        programme_id,
        design

),

{# Every programme has all its rows, whether or not anything is known of its people;
   where nothing is covered nothing has any. #}
studies as (

    select
        enrolled.*,
        outcomes.outcome,
        horizons.horizon_weeks,
        variants.is_without_fellow_pairs
    from enrolled
    cross join coverage
    cross join outcomes
    cross join horizons
    cross join variants

),

{# Sums in one order, so that they are the same to the last digit. #}
means as (

    select
        {{ study('differences') }},
        count(*)::integer as matched,
        sum(differences.difference order by differences.person_id) / count(*) as effect,
        var_samp(differences.difference order by differences.person_id)
            as difference_variance,
        sum(differences.controls) / count(*) as mean_controls
    from differences
    group by all

),

{# How much of the whole rests on each control. #}
control_weights as (

    select
        {{ study('matches') }},
        matches.control_id,
        sum(1 / matches.controls order by matches.person_id) as weight
    from matches
    group by all

),

squares as (

    select
        {{ study('control_weights') }},
        sum(
            control_weights.weight * control_weights.weight
            order by control_weights.control_id
        ) as squared_weights
    from control_weights
    group by all

),

estimates as (

    select
        means.*,
        sqrt(
            means.difference_variance / (1 + 1 / means.mean_controls)
            * (1 / means.matched + squares.squared_weights / (means.matched ** 2))
        ) as standard_error,
        {{ student_t_quantile('(means.matched - 1)', 'student_t.quantile') }}
            as quantile
    from means
    inner join squares
        on {{ same_study('means', 'squares') }}
    left join student_t
        on means.matched - 1 = student_t.degrees_of_freedom

),

{# The errors of one are not known. #}
shown as (

    select
        {{ study('estimates') }},
        estimates.effect,
        case when estimates.matched > 1 then estimates.standard_error end
            as standard_error,
        estimates.quantile
    from estimates
    cross join parameters
    where estimates.matched >= parameters.min_group_size

),

facts as (

    select
        -- ids
        studies.programme_id,

        -- text
        studies.design,
        studies.outcome,

        -- numbers
        studies.horizon_weeks,
        studies.enrolled,
        coalesce(means.matched, 0) as matched,
        shown.effect,
        shown.standard_error,
        shown.effect - shown.quantile * shown.standard_error as interval_low,
        shown.effect + shown.quantile * shown.standard_error as interval_high,
        2.8 * shown.standard_error as detectable_effect,

        -- flags
        studies.is_without_fellow_pairs
    from studies
    left join means
        on {{ same_study('studies', 'means') }}
    left join shown
        on {{ same_study('studies', 'shown') }}

)

select * from facts
