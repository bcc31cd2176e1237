{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

ties as (

    select * from {{ ref('int_ties') }}
    where
        kind = 'person_person'
        and {{ is_changed('week_start', 'windows') }}

),

{# Numbers in place of names until the end. #}
person_weeks as materialized (

    select
        (row_number() over ())::integer as person_week,
        person_id,
        team,
        department,
        {{ unit_number('team') }} as team_number,
        {{ unit_number('department') }} as department_number,
        week_start
    from {{ ref('int_person_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

pairs as materialized (

    select
        weeks_a.person_week as person_week_a,
        weeks_b.person_week as person_week_b,
        weeks_a.team_number as team_a,
        weeks_b.team_number as team_b,
        weeks_a.department_number as department_a,
        weeks_b.department_number as department_b,
        ties.interactions,
        ties.is_tied
    from ties
    inner join person_weeks as weeks_a
        on
            ties.party_a_id = weeks_a.person_id
            and ties.week_start = weeks_a.week_start
    inner join person_weeks as weeks_b
        on
            ties.party_b_id = weeks_b.person_id
            and ties.week_start = weeks_b.week_start

),

{% for unit_type in ['team', 'department'] %}
{# Each pair seen from both of its persons: what a person has with a unit. #}
{{ unit_type }}_contacts as (

    select
        person_week,
        to_unit,
        count_if(is_tied)::integer as ties,
        sum(interactions)::integer as interactions
    from (
        select
            person_week_a as person_week,
            {{ unit_type }}_b as to_unit,
            interactions,
            is_tied
        from pairs
        where {{ unit_type }}_a is not null and {{ unit_type }}_b is not null

        union all

        select
            person_week_b as person_week,
            {{ unit_type }}_a as to_unit,
            interactions,
            is_tied
        from pairs
        where {{ unit_type }}_a is not null and {{ unit_type }}_b is not null
    )
    group by
        person_week,
        to_unit

),

{{ unit_type }}_sides as (

    select
        person_weeks.{{ unit_type }}_number as from_unit,
        contacts.to_unit,
        sum(contacts.ties) as ties,
        sum(contacts.interactions) as interactions,
        count_if(contacts.ties > 0)::integer as tied_people,
        count(*)::integer as interacting_people,
        person_weeks.week_start
    from {{ unit_type }}_contacts as contacts
    inner join person_weeks
        on contacts.person_week = person_weeks.person_week
    group by
        person_weeks.{{ unit_type }}_number,
        contacts.to_unit,
        person_weeks.week_start

),

{# Inside one unit a pair is seen from both of its persons and counts once. #}
{{ unit_type }}_pairs as materialized (

    select
        from_unit,
        to_unit,
        ties // (case when from_unit = to_unit then 2 else 1 end) as ties,
        interactions // (case when from_unit = to_unit then 2 else 1 end)
            as interactions,
        tied_people,
        interacting_people,
        week_start
    from {{ unit_type }}_sides

),

{{ unit_type }}_totals as (

    select
        from_unit,
        week_start,
        sum(interactions) as interactions
    from {{ unit_type }}_pairs
    group by
        from_unit,
        week_start

),

{{ unit_type }}_names as (

    select distinct
        {{ unit_type }}_number as unit_number,
        {{ unit_type }} as name
    from person_weeks

),

{# The people of the other side stand in the row of the opposite direction. #}
{{ unit_type }}_facts as (

    select
        -- units
        '{{ unit_type }}' as unit_type,
        from_names.name as from_unit,
        to_names.name as to_unit,

        -- numbers
        unit_pairs.ties::integer as ties,
        unit_pairs.tied_people as people_from,
        opposite_pairs.tied_people as people_to,
        unit_pairs.interacting_people as interacting_people_from,
        opposite_pairs.interacting_people as interacting_people_to,
        unit_pairs.interactions::integer as interactions,
        unit_pairs.interactions / totals.interactions as share,

        -- dates
        unit_pairs.week_start
    from {{ unit_type }}_pairs as unit_pairs
    inner join {{ unit_type }}_pairs as opposite_pairs
        on
            unit_pairs.from_unit = opposite_pairs.to_unit
            and unit_pairs.to_unit = opposite_pairs.from_unit
            and unit_pairs.week_start = opposite_pairs.week_start
    inner join {{ unit_type }}_totals as totals
        on
            unit_pairs.from_unit = totals.from_unit
            and unit_pairs.week_start = totals.week_start
    inner join {{ unit_type }}_names as from_names
        on unit_pairs.from_unit = from_names.unit_number
    inner join {{ unit_type }}_names as to_names
        on unit_pairs.to_unit = to_names.unit_number

),
{% endfor %}

facts as (

    select * from team_facts

    union all

    select * from department_facts

)

select * from facts
