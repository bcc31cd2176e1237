with

ties as (

    select * from {{ ref('int_ties') }}
    where kind = 'person_person'

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

{# Each pair seen from both of its persons. #}
sides as (

    select
        week_start,
        party_a_id as person_id,
        party_b_id as contact_id,
        interactions,
        is_tied
    from ties

    union all

    select
        week_start,
        party_b_id as person_id,
        party_a_id as contact_id,
        interactions,
        is_tied
    from ties

),

{# With whom somebody interacted, tied or not, by the units they are in. #}
unit_contacts as materialized (

    select
        sides.person_id,
        contact_weeks.team,
        contact_weeks.department,
        count_if(sides.is_tied) as ties,
        sum(sides.interactions) as interactions,
        sides.week_start
    from sides
    inner join person_weeks as contact_weeks
        on
            sides.contact_id = contact_weeks.person_id
            and sides.week_start = contact_weeks.week_start
    group by
        sides.week_start,
        sides.person_id,
        contact_weeks.team,
        contact_weeks.department

),

{# What each person has with each unit. #}
person_units as (

    {% for unit_type in ['team', 'department'] -%}
    select
        '{{ unit_type }}' as unit_type,
        person_weeks.{{ unit_type }} as from_unit,
        unit_contacts.{{ unit_type }} as to_unit,
        unit_contacts.person_id,
        sum(unit_contacts.ties) as ties,
        sum(unit_contacts.interactions) as interactions,
        unit_contacts.week_start
    from unit_contacts
    inner join person_weeks
        on
            unit_contacts.person_id = person_weeks.person_id
            and unit_contacts.week_start = person_weeks.week_start
    where
        person_weeks.{{ unit_type }} is not null
        and unit_contacts.{{ unit_type }} is not null
    group by
        person_weeks.{{ unit_type }},
        unit_contacts.{{ unit_type }},
        unit_contacts.person_id,
        unit_contacts.week_start

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

{# Inside one unit a pair is seen from both of its persons and counts once. #}
unit_pairs as (

    select
        unit_type,
        from_unit,
        to_unit,
        sum(ties) // (case when from_unit = to_unit then 2 else 1 end) as ties,
        sum(interactions) // (case when from_unit = to_unit then 2 else 1 end)
            as interactions,
        count_if(ties > 0) as tied_people,
        count(*) as interacting_people,
        week_start
    from person_units
    group by
        unit_type,
        from_unit,
        to_unit,
        week_start

),

{# The people of the other side stand in the row of the opposite direction. #}
facts as (

    select
        -- units
        unit_pairs.unit_type,
        unit_pairs.from_unit,
        unit_pairs.to_unit,

        -- numbers
        unit_pairs.ties::integer as ties,
        unit_pairs.tied_people::integer as people_from,
        opposite_pairs.tied_people::integer as people_to,
        unit_pairs.interacting_people::integer as interacting_people_from,
        opposite_pairs.interacting_people::integer as interacting_people_to,
        unit_pairs.interactions::integer as interactions,
        unit_pairs.interactions / sum(unit_pairs.interactions) over (
            partition by
                unit_pairs.unit_type,
                unit_pairs.from_unit,
                unit_pairs.week_start
        ) as share,

        -- dates
        unit_pairs.week_start
    from unit_pairs
    inner join unit_pairs as opposite_pairs
        on
            unit_pairs.unit_type = opposite_pairs.unit_type
            and unit_pairs.from_unit = opposite_pairs.to_unit
            and unit_pairs.to_unit = opposite_pairs.from_unit
            and unit_pairs.week_start = opposite_pairs.week_start

)

select * from facts
