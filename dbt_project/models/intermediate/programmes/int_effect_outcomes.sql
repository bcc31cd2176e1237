with

candidates as (

    select * from {{ ref('int_effect_candidates') }}

),

entries as (

    select * from {{ ref('int_programme_entries') }}

),

frozen_people as (

    select * from {{ ref('int_frozen_people') }}

),

pair_weeks as (

    select * from {{ ref('int_pair_weeks') }}
    where kind = 'person_person'

),

person_contacts as (

    select * from {{ ref('int_person_contacts') }}

),

lines as (

    select * from {{ ref('int_manager_lines') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

candidate_weeks as (

    select
        programme_id,
        person_id,
        horizon_weeks,
        frozen_on,
        after_week_start as week_start
    from candidates

    union

    select
        programme_id,
        person_id,
        horizon_weeks,
        frozen_on,
        before_week_start as week_start
    from candidates
    where before_week_start is not null

),

{# Once for all programmes; and without fellows once for each that has the person as a
   fellow by the horizon. #}
moments as (

    select distinct
        null::bigint as programme_id,
        null::integer as horizon_weeks,
        person_id,
        frozen_on,
        week_start
    from candidate_weeks

    union all

    select
        candidate_weeks.programme_id,
        candidate_weeks.horizon_weeks,
        candidate_weeks.person_id,
        candidate_weeks.frozen_on,
        candidate_weeks.week_start
    from candidate_weeks
    inner join entries
        on
            candidate_weeks.programme_id = entries.programme_id
            and candidate_weeks.person_id = entries.person_id
            and candidate_weeks.frozen_on + 7 * candidate_weeks.horizon_weeks
            >= entries.starts_on

),

{# Each pair seen from both of its persons. #}
met_weeks as (

    select
        party_a_id as person_id,
        party_b_id as contact_id,
        interactions,
        week_start
    from pair_weeks

    union all

    select
        party_b_id as person_id,
        party_a_id as contact_id,
        interactions,
        week_start
    from pair_weeks

),

met as (

    select
        moments.person_id,
        met_weeks.contact_id,
        moments.frozen_on,
        moments.week_start,
        sum(met_weeks.interactions) as interactions
    from moments
    cross join parameters
    inner join met_weeks
        on
            moments.person_id = met_weeks.person_id
            and met_weeks.week_start
            between moments.week_start - 7 * (parameters.tie_window_weeks - 1)
            and moments.week_start
    where moments.programme_id is null
    group by
        moments.person_id,
        met_weeks.contact_id,
        moments.frozen_on,
        moments.week_start

),

{# Whoever is tied has met in the window. #}
compared as (

    select
        met.*,
        person_contacts.contact_id is not null as is_tied,
        nullif(others.team, selves.team) as other_team,
        nullif(others.department, selves.department) as other_department,
        coalesce(others.person_id = selves.manager_id, false) as is_own_manager,
        case
            when own_lines.person_id is not null then 'other'
            when others_lines.person_id is not null then 'self'
        end as line_rank,
        {{ rank_by_grade('others', 'selves', 'other', 'self') }} as grade_rank,
        {{ rank_by_depth('others', 'selves', 'other', 'self') }} as depth_rank
    from met
    inner join frozen_people as selves
        on
            met.person_id = selves.person_id
            and met.frozen_on = selves.frozen_on
    inner join frozen_people as others
        on
            met.contact_id = others.person_id
            and met.frozen_on = others.frozen_on
    left join person_contacts
        on
            met.person_id = person_contacts.person_id
            and met.contact_id = person_contacts.contact_id
            and met.week_start = person_contacts.week_start
    left join lines as own_lines
        on
            met.person_id = own_lines.person_id
            and met.contact_id = own_lines.ancestor_id
            and selves.as_of >= own_lines.valid_from
            and selves.as_of < own_lines.valid_to
    left join lines as others_lines
        on
            met.contact_id = others_lines.person_id
            and met.person_id = others_lines.ancestor_id
            and others.as_of >= others_lines.valid_from
            and others.as_of < others_lines.valid_to

),

contacts as (

    select
        compared.*,
        not compared.is_own_manager
        and coalesce({{ first_rank_basis(
            'parameters.rank_bases', 'compared.line_rank', 'compared.grade_rank',
            'compared.depth_rank'
        ) }} = 'other', false) as lifts_beyond_manager
    from compared
    cross join parameters

),

counted as (

    select
        moments.programme_id,
        moments.horizon_weeks,
        moments.person_id,
        moments.frozen_on,
        moments.week_start,
        count(*) filter (contacts.is_tied and fellows.person_id is null)
            as network_size,
        count(contacts.other_team) filter (
            contacts.is_tied and fellows.person_id is null
        ) as cross_team_contacts,
        count(distinct contacts.other_department) filter (
            contacts.is_tied and fellows.person_id is null
        ) as departments_reached,
        coalesce(
            sum(contacts.interactions) filter (
                contacts.lifts_beyond_manager and fellows.person_id is null
            ), 0
        )::bigint as lifting_beyond_manager
    from moments
    left join contacts
        on
            moments.person_id = contacts.person_id
            and moments.frozen_on = contacts.frozen_on
            and moments.week_start = contacts.week_start
    left join entries as fellows
        on
            moments.programme_id = fellows.programme_id
            and contacts.contact_id = fellows.person_id
            and moments.frozen_on + 7 * moments.horizon_weeks >= fellows.starts_on
    group by
        moments.programme_id,
        moments.horizon_weeks,
        moments.person_id,
        moments.frozen_on,
        moments.week_start

),

outcomes as (

    select
        -- ids
        counted.programme_id,
        counted.person_id,

        -- numbers
        counted.horizon_weeks,
        counted.network_size,
        case when frozen_people.team is not null then counted.cross_team_contacts end
            as cross_team_contacts,
        case
            when frozen_people.department is not null then counted.departments_reached
        end as departments_reached,
        counted.lifting_beyond_manager,

        -- dates
        counted.frozen_on,
        counted.week_start
    from counted
    inner join frozen_people
        on
            counted.person_id = frozen_people.person_id
            and counted.frozen_on = frozen_people.frozen_on

)

select * from outcomes
