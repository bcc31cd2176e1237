with

ties as (

    select * from {{ ref('int_ties') }}
    where kind = 'person_person'

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

{# Each pair of people seen from both sides. #}
sides as (

    select
        party_a_id as person_from_id,
        party_b_id as person_to_id,
        interactions,
        is_tied,
        week_start
    from ties

    union all

    select
        party_b_id as person_from_id,
        party_a_id as person_to_id,
        interactions,
        is_tied,
        week_start
    from ties

),

sides_in_units as (

    select
        sides.*,
        weeks_from.team as from_team,
        weeks_to.team as to_team,
        weeks_from.department as from_department,
        weeks_to.department as to_department
    from sides
    inner join person_weeks as weeks_from
        on
            sides.person_from_id = weeks_from.person_id
            and sides.week_start = weeks_from.week_start
    inner join person_weeks as weeks_to
        on
            sides.person_to_id = weeks_to.person_id
            and sides.week_start = weeks_to.week_start

),

unit_sides as (

    select
        'team' as unit_type,
        from_team as from_unit,
        to_team as to_unit,
        person_from_id,
        person_to_id,
        interactions,
        is_tied,
        week_start
    from sides_in_units

    union all

    select
        'department' as unit_type,
        from_department as from_unit,
        to_department as to_unit,
        person_from_id,
        person_to_id,
        interactions,
        is_tied,
        week_start
    from sides_in_units

),

{# Inside one unit a pair is seen from both of its persons and counts once. #}
unit_pairs as (

    select
        unit_type,
        from_unit,
        to_unit,
        week_start,
        count_if(is_tied) // (case when from_unit = to_unit then 2 else 1 end) as ties,
        count(distinct case when is_tied then person_from_id end) as people_from,
        count(distinct case when is_tied then person_to_id end) as people_to,
        count(distinct person_from_id) as interacting_people_from,
        count(distinct person_to_id) as interacting_people_to,
        sum(interactions) // (case when from_unit = to_unit then 2 else 1 end)
            as interactions
    from unit_sides
    where
        from_unit is not null
        and to_unit is not null
    group by
        unit_type,
        from_unit,
        to_unit,
        week_start

),

facts as (

    select
        -- units
        unit_type,
        from_unit,
        to_unit,

        -- numbers
        ties::integer as ties,
        people_from::integer as people_from,
        people_to::integer as people_to,
        interacting_people_from::integer as interacting_people_from,
        interacting_people_to::integer as interacting_people_to,
        interactions::integer as interactions,
        interactions
        / sum(interactions) over (partition by unit_type, from_unit, week_start) as share,

        -- dates
        week_start
    from unit_pairs

)

select * from facts
