with

pair_weeks as (

    select * from {{ ref('int_pair_weeks') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

{# Each week's sums go to the windows that they serve: its own and the ones that follow.
   #}
window_offsets as (

    select unnest(range(parameters.tie_window_weeks)) * 7 as offset_days
    from parameters

),

{# A pair with an external is one in every week: the kind is no part of the key. #}
windows as (

    select
        pair_weeks.week_start + window_offsets.offset_days::integer as week_start,
        pair_weeks.party_a_id,
        pair_weeks.party_b_id,
        bool_or(pair_weeks.kind = 'person_external') as is_external,
        sum(pair_weeks.interactions)::integer as interactions,
        bool_or(pair_weeks.a_to_b_interactions > 0) as a_reached_out,
        bool_or(pair_weeks.b_to_a_interactions > 0) as b_reached_out,
        sum(pair_weeks.newman_weight) as newman_weight,
        sum(pair_weeks.shared_minutes) as shared_minutes
    from pair_weeks
    cross join window_offsets
    where pair_weeks.kind != 'person_unknown'
    group by
        pair_weeks.week_start + window_offsets.offset_days::integer,
        pair_weeks.party_a_id,
        pair_weeks.party_b_id

),

ties as (

    select
        -- ids
        windows.party_a_id,
        windows.party_b_id,

        -- text
        case when windows.is_external then 'person_external' else 'person_person' end
            as kind,

        -- numbers
        windows.interactions,
        windows.newman_weight,
        windows.shared_minutes,

        -- flags
        windows.a_reached_out and windows.b_reached_out as is_reciprocal,
        windows.interactions >= parameters.tie_min_interactions
        and (
            windows.is_external
            or not parameters.tie_requires_reciprocity
            or (windows.a_reached_out and windows.b_reached_out)
        ) as is_tied,

        -- times
        windows.week_start
    from windows
    cross join parameters
    inner join coverage
        on windows.week_start < coverage.last_date
    left join person_weeks as weeks_a
        on
            windows.party_a_id = weeks_a.person_id
            and windows.week_start = weeks_a.week_start
    left join person_weeks as weeks_b
        on
            windows.party_b_id = weeks_b.person_id
            and windows.week_start = weeks_b.week_start
    where
        case
            when windows.is_external
                then weeks_a.person_id is not null or weeks_b.person_id is not null
            else weeks_a.person_id is not null and weeks_b.person_id is not null
        end

)

select * from ties
