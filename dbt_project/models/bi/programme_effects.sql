{# Fewer people than `min_group_size` have no effect in the mart either. #}
with

effects as (

    select * from {{ ref('fct_programme_effects') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

published as (

    select
        -- programme
        programmes.programme_name,
        programmes.programme_type,

        -- figure
        effects.design,
        effects.outcome,
        effects.horizon_weeks,
        effects.is_without_fellow_pairs,
        case
            when effects.enrolled >= parameters.min_group_size then effects.enrolled
        end as enrolled,
        case
            when effects.matched >= parameters.min_group_size then effects.matched
        end as matched,
        effects.effect,
        effects.standard_error,
        effects.interval_low,
        effects.interval_high,
        effects.detectable_effect,
        effects.matched < parameters.min_group_size as is_withheld,
        'An association with matched controls, not a proof of what caused it.' as caveat
    from effects
    inner join programmes
        on effects.programme_id = programmes.programme_id
    cross join parameters

)

select * from published
