-- Trailing windows of four weeks.
-- Grain: one row per week and pair with an interaction in the window.
-- The active weeks of a pair stand in a row. Each looks back at the three before it,
-- and speaks for its own week and for the silent ones, up to three, that follow it: one
-- sort by pair, and no hash table with a group for each of the windows. What lag gives
-- in place of NULL is a literal: as a column it would be sorted with the rest.
with

coverage as (

    select max(week_start) as last_week_start
    from pair_weeks

),

active_weeks as (

    select
        pair_weeks.week_start,
        pair_weeks.person_a,
        pair_weeks.person_b,
        coverage.last_week_start + 7 as coverage_end,
        {
            'week_start': pair_weeks.week_start,
            'interactions': pair_weeks.interactions,
            'a_reached_out': pair_weeks.a_reached_out,
            'b_reached_out': pair_weeks.b_reached_out,
            'newman_weight': pair_weeks.newman_weight
        } as sums
    from pair_weeks
    cross join coverage

),

neighbours as (

    select
        week_start,
        person_a,
        person_b,
        sums,
        lag(
            sums,
            1,
            {
                'week_start': date '0001-01-01',
                'interactions': 0::integer,
                'a_reached_out': false,
                'b_reached_out': false,
                'newman_weight': 0::double
            }
        ) over pair as before_1,
        lag(
            sums,
            2,
            {
                'week_start': date '0001-01-01',
                'interactions': 0::integer,
                'a_reached_out': false,
                'b_reached_out': false,
                'newman_weight': 0::double
            }
        ) over pair as before_2,
        lag(
            sums,
            3,
            {
                'week_start': date '0001-01-01',
                'interactions': 0::integer,
                'a_reached_out': false,
                'b_reached_out': false,
                'newman_weight': 0::double
            }
        ) over pair as before_3,
        lead(week_start, 1, coverage_end) over pair as next_week_start
    from active_weeks
    window pair as (partition by person_a, person_b order by week_start)

),

offsets as (

    select unnest(range(4))::integer as weeks_later

),

emitted as (

    select
        neighbours.week_start + 7 * offsets.weeks_later as week_start,
        neighbours.person_a,
        neighbours.person_b,
        neighbours.sums,
        neighbours.before_1,
        neighbours.before_2,
        neighbours.before_3,
        neighbours.week_start + 7 * (offsets.weeks_later - 3) as window_start,
        neighbours.before_1['week_start'] >= window_start as is_within_1,
        neighbours.before_2['week_start'] >= window_start as is_within_2,
        neighbours.before_3['week_start'] >= window_start as is_within_3
    from neighbours
    cross join offsets
    where
        neighbours.week_start + 7 * offsets.weeks_later < neighbours.next_week_start

),

windows as (

    select
        emitted.week_start,
        emitted.person_a,
        emitted.person_b,
        emitted.sums.interactions
        + emitted.before_1.interactions * emitted.is_within_1::integer
        + emitted.before_2.interactions * emitted.is_within_2::integer
        + emitted.before_3.interactions * emitted.is_within_3::integer
            as interactions,
        emitted.sums.a_reached_out
        or (emitted.before_1.a_reached_out and emitted.is_within_1)
        or (emitted.before_2.a_reached_out and emitted.is_within_2)
        or (emitted.before_3.a_reached_out and emitted.is_within_3)
            as a_reached_out,
        emitted.sums.b_reached_out
        or (emitted.before_1.b_reached_out and emitted.is_within_1)
        or (emitted.before_2.b_reached_out and emitted.is_within_2)
        or (emitted.before_3.b_reached_out and emitted.is_within_3)
            as b_reached_out,
        emitted.sums.newman_weight
        + emitted.before_1.newman_weight * emitted.is_within_1::integer
        + emitted.before_2.newman_weight * emitted.is_within_2::integer
        + emitted.before_3.newman_weight * emitted.is_within_3::integer
            as newman_weight
    from emitted

)

select
    *,
    interactions >= 2 as is_tied
from windows
