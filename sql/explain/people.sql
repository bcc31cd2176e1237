-- The people whom a cell rests on: a row each, with what it counts for. Reads only.

-- :of_person_week
-- One row for each person valid on at least one day of week w, and each w of the
-- coverage. Units, level and manager of a row are those of the last day of w on which
-- the person was valid
select
    person_id,
    week_start,
    team,
    department,
    is_full_window,
    is_active,
    is_measured,
    has_someone_above,
    true as counts
from marts.fct_person_weeks
where
    person_id = $person_id
    and week_start = $week_start;

-- :of_segment_week
-- Averages over people use measured people, zeros in, unless a definition says
-- otherwise.
with

members as (

    select
        weeks.*,
        weeks.is_measured and coalesce(weeks.has_someone_above, false)
            as is_measured_below_somebody
    from intermediate.int_segment_members as segments
    inner join marts.fct_person_weeks as weeks
        on
            segments.person_id = weeks.person_id
            and segments.week_start = weeks.week_start
    where
        segments.segment_type = $segment_type
        and segments.segment_value = $segment_value
        and segments.week_start = $week_start

),

valued as (

    select
        *,
        case $measure
            when 'network_size' then network_size::double
            when 'cross_team_contacts' then cross_team_contacts
            when 'cross_department_contacts' then cross_department_contacts
            when 'departments_reached' then departments_reached
            when 'departments_reached_together' then departments_reached
            when 'cross_team_share' then cross_team_share
            when 'reciprocal_share' then reciprocal_share
            when 'lifting_interactions' then lifting_interactions
            when 'lifting_contacts' then lifting_contacts
            when 'lifting_beyond_manager' then lifting_beyond_manager
            when 'coaching_given' then coaching_given
            when 'learning_minutes' then learning_minutes
            when 'diversity_coverage' then diversity_coverage
            when 'participation_gini' then reached_out
            when 'isolated_share' then (network_size <= 1)::integer
            when 'silent_share' then (not is_active)::integer
            when 'newcomer_share' then (tenure_band = 'under_26_weeks')::integer
            else 1
        end as value
    from members

)

select
    person_id,
    week_start,
    team,
    department,
    is_full_window,
    is_active,
    is_measured,
    has_someone_above,
    value,
    value is not null
    and case
        when $measure in ('isolated_share', 'silent_share', 'full_window_people')
            then is_full_window
        when $measure in ('newcomer_share', 'tenure_known_people')
            then tenure_weeks is not null
        when $measure = 'people' then true
        when $measure like 'lifting_%' then is_measured_below_somebody
        else is_measured
    end as counts
from valued;

-- :of_space_week
-- A team's members are the persons whose row of w names it, and their contributions
-- count wherever they were.
with

weeks as (

    select * from marts.dim_weeks
    where week_start = $week_start

),

contributions as (

    select
        contributions.person_id,
        contributions.space_id,
        contributions.contributions,
        contributions.week_start = weeks.week_start as is_of_week
    from intermediate.int_space_contributions as contributions
    inner join weeks
        on
            contributions.week_start <= weeks.week_start
            and weeks.week_start - contributions.week_start < 7 * 12

),

members as (

    select
        weeks.person_id,
        coalesce(
            sum(contributions.contributions) filter (contributions.is_of_week), 0
        ) as contributions
    from marts.fct_person_weeks as weeks
    left join contributions
        on weeks.person_id = contributions.person_id
    where
        $space_type = 'team'
        and weeks.team = $space_name
        and weeks.week_start = $week_start
    group by weeks.person_id

    union all

    select
        contributions.person_id,
        coalesce(
            sum(contributions.contributions) filter (contributions.is_of_week), 0
        ) as contributions
    from contributions
    inner join intermediate.int_spaces as spaces
        on contributions.space_id = spaces.space_id
    where
        spaces.kind = $space_type
        and spaces.label = $space_name
    group by contributions.person_id

)

select
    person_id,
    $week_start as week_start,
    contributions::integer as contributions,
    true as counts
from members;

-- :listed_in_space
-- The last list up to the Sunday of w speaks; before the first list, the first.
with

lists as (

    select listings.*
    from intermediate.int_space_listings as listings
    inner join intermediate.int_spaces as spaces
        on listings.space_id = spaces.space_id
    where
        spaces.kind = $space_type
        and spaces.label = $space_name

),

last_list as (

    select
        coalesce(
            max(listed_on) filter (listed_on <= $week_start::date + 6), min(listed_on)
        ) as listed_on
    from lists

),

contributors as (

    select distinct contributions.person_id
    from intermediate.int_space_contributions as contributions
    inner join intermediate.int_spaces as spaces
        on contributions.space_id = spaces.space_id
    where
        spaces.kind = $space_type
        and spaces.label = $space_name
        and contributions.week_start <= $week_start::date
        and $week_start::date - contributions.week_start < 7 * 12

)

select
    weeks.person_id,
    weeks.week_start,
    contributors.person_id is null as is_silent,
    true as counts
from lists
inner join last_list
    on lists.listed_on = last_list.listed_on
inner join marts.fct_person_weeks as weeks
    on
        lists.party_id = weeks.person_id
        and lists.party_kind = 'person'
left join contributors
    on weeks.person_id = contributors.person_id
where weeks.week_start = $week_start;

-- :of_programme_effect
-- δ_i = d_i − the mean over j in M(i) of d_j + b·(x_i − x_j).
with

programmes as (

    select programme_id
    from marts.dim_programmes
    where programme_name = $programme_name

),

matches as (

    select
        matches.programme_id,
        matches.person_id,
        any_value(matches.frozen_on) as frozen_on,
        any_value(matches.value_before) as value_before,
        any_value(matches.value_after) as value_after,
        count(*) as controls,
        avg(matches.control_value_before) as control_value_before,
        avg(matches.control_value_after) as control_value_after
    from intermediate.int_effect_matches as matches
    semi join programmes
        on matches.programme_id = programmes.programme_id
    where
        matches.design = $design
        and matches.outcome = $outcome
        and matches.horizon_weeks = $horizon_weeks
        and matches.is_without_fellow_pairs = $is_without_fellow_pairs
    group by
        matches.programme_id,
        matches.person_id

)

select
    matches.person_id,
    (matches.frozen_on - 6)::date as week_start,
    matches.value_before,
    matches.value_after,
    matches.controls,
    matches.control_value_before,
    matches.control_value_after,
    differences.slope,
    differences.difference,
    true as counts
from matches
inner join intermediate.int_effect_differences as differences
    on
        matches.programme_id = differences.programme_id
        and matches.person_id = differences.person_id
where
    differences.design = $design
    and differences.outcome = $outcome
    and differences.horizon_weeks = $horizon_weeks
    and differences.is_without_fellow_pairs = $is_without_fellow_pairs;

-- :own_rows
select weeks.*
from marts.fct_person_weeks as weeks
semi join explained_people
    on
        weeks.person_id = explained_people.person_id
        and weeks.week_start = explained_people.week_start
        and explained_people.counts;
