with

org_structure as (

    select * from {{ ref('fct_org_structure') }}

),

weeks as (

    select * from {{ ref('dim_weeks') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

{# A figure rests on all people, one of departments on those whose department is
   known. #}
cells as (

    {% for metric, people in org_structure_figures() -%}
    select
        '{{ metric }}' as metric,
        {{ metric }}::double as value,
        {{ people }} as people,
        week_start
    from org_structure

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

published as (

    select
        -- figure
        cells.metric,
        case when cells.people >= parameters.min_group_size then cells.value end
            as value,
        case when cells.people >= parameters.min_group_size then cells.people end
            as people,
        cells.people < parameters.min_group_size as is_withheld,

        -- dates
        weeks.month_start,
        cells.week_start
    from cells
    inner join weeks
        on cells.week_start = weeks.week_start
    cross join parameters

)

select * from published
