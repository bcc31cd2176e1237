-- Trailing windows of four weeks.
-- Grain: one row per week and pair with an interaction in the window.
-- Each pair week is added to the four windows that it serves.
with

offsets as (

    select unnest(range(4))::integer as weeks_later

),

coverage as (

    select max(week_start) as last_week_start
    from pair_weeks

),

served_windows as (

    select
        pair_weeks.week_start + 7 * offsets.weeks_later as week_start,
        pair_weeks.person_a,
        pair_weeks.person_b,
        pair_weeks.interactions,
        pair_weeks.a_reached_out,
        pair_weeks.b_reached_out,
        pair_weeks.newman_weight
    from pair_weeks
    cross join offsets
    cross join coverage
    where
        pair_weeks.week_start + 7 * offsets.weeks_later <= coverage.last_week_start

),

windows as (

    select
        week_start,
        person_a,
        person_b,
        sum(interactions)::integer as interactions,
        bool_or(a_reached_out) as a_reached_out,
        bool_or(b_reached_out) as b_reached_out,
        sum(newman_weight) as newman_weight,
        sum(interactions) >= 2 as is_tied
    from served_windows
    group by week_start, person_a, person_b

)

select * from windows
