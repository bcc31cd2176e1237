with

observations as (

    select * from {{ ref('int_effect_observations') }}

),

matches as (

    select * from {{ ref('int_effect_matches') }}

),

{# All who may be compared with somebody, each once for each before-week. #}
eligible as (

    select
        *,
        value_after - value_before as change
    from observations
    where
        design = 'change'
        and not is_enrolled

),

before_weeks as (

    select distinct
        {{ study('observations') }},
        frozen_on
    from observations
    where is_enrolled

),

{# Sums of whole numbers, times the people: exact, in whatever order. #}
group_sums as (

    select
        {{ study('eligible') }},
        eligible.frozen_on,
        eligible.department,
        count(*) as people,
        count(*) * sum(eligible.value_before * eligible.change)
        - sum(eligible.value_before) * sum(eligible.change) as products,
        count(*) * sum(eligible.value_before * eligible.value_before)
        - sum(eligible.value_before) * sum(eligible.value_before) as squares
    from eligible
    inner join before_weeks
        on
            {{ same_study('eligible', 'before_weeks') }}
            and eligible.frozen_on = before_weeks.frozen_on
    group by all

),

{# The slope of change on where one was before, within departments and before-weeks. #}
slopes as (

    select
        {{ study('group_sums') }},
        coalesce(
            sum(
                group_sums.products / group_sums.people
                order by group_sums.frozen_on, group_sums.department
            )
            / nullif(
                sum(
                    group_sums.squares / group_sums.people
                    order by group_sums.frozen_on, group_sums.department
                ),
                0
            ),
            0
        ) as slope
    from group_sums
    group by all

),

means as (

    select
        {{ study('matches') }},
        matches.person_id,
        any_value(matches.value_before) as value_before,
        any_value(matches.value_after) as value_after,
        avg(matches.control_value_before) as control_value_before,
        avg(matches.control_value_after) as control_value_after,
        any_value(matches.controls) as controls
    from matches
    group by all

),

differences as (

    select
        -- ids
        means.programme_id,
        means.person_id,

        -- text
        means.design,
        means.outcome,

        -- numbers
        means.horizon_weeks,
        means.controls,
        slopes.slope,
        case means.design
            when 'newcomer' then means.value_after - means.control_value_after
            else
                means.value_after - means.value_before
                - (means.control_value_after - means.control_value_before)
                - slopes.slope * (means.value_before - means.control_value_before)
        end as difference,

        -- flags
        means.is_without_fellow_pairs
    from means
    left join slopes
        on {{ same_study('means', 'slopes') }}

)

select * from differences
