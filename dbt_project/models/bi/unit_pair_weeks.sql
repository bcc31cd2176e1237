with

unit_pair_weeks as (

    select * from {{ ref('fct_unit_pair_weeks') }}
    where unit_type = 'department'

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

{# A cell rests on the people of each side; the smaller side decides. #}
cells as (

    {% for metric, people_from, people_to in [
        ('ties', 'people_from', 'people_to'),
        ('interactions', 'interacting_people_from', 'interacting_people_to'),
        ('share', 'interacting_people_from', 'interacting_people_to')
    ] -%}
    select
        from_unit as from_department,
        to_unit as to_department,
        week_start,
        '{{ metric }}' as metric,
        {{ metric }}::double as value,
        least({{ people_from }}, {{ people_to }}) as people
    from unit_pair_weeks
    where {{ metric }} > 0

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

published as (

    select
        -- departments
        cells.from_department,
        cells.to_department,

        -- figure
        cells.metric,
        case when cells.people >= parameters.min_group_size then cells.value end
            as value,
        cells.people < parameters.min_group_size as is_withheld,
        case when cells.people < parameters.min_group_size then 'organisation' end
            as shown_as,

        -- dates
        cells.week_start
    from cells
    cross join parameters

)

select * from published
