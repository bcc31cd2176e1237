with

newcomer_weeks as (

    select * from {{ ref('fct_newcomer_weeks') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

cells as (

    {% for population, metric, statistic, column, people in newcomer_figures() -%}
    select
        weeks_since_hire,
        '{{ population }}' as population,
        '{{ metric }}' as metric,
        '{{ statistic }}' as statistic,
        {{ column }}::double as value,
        {{ people }} as people
    from newcomer_weeks

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

published as (

    select
        -- group
        cells.weeks_since_hire,
        cells.population,

        -- figure
        cells.metric,
        cells.statistic,
        case when cells.people >= parameters.min_group_size then cells.value end
            as value,
        case when cells.people >= parameters.min_group_size then cells.people end
            as people,
        cells.people < parameters.min_group_size as is_withheld
    from cells
    cross join parameters

)

select * from published
