{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'next'}
) }}
{# Long: one row a figure, so that each rests on its own people and is withheld alone.
   #}
with

segment_weeks as (

    select * from {{ ref('fct_segment_weeks') }}
    where {{ is_changed('week_start', 'next') }}

),

withheld_segment_cells as (

    select * from {{ ref('withheld_segment_cells') }}
    where {{ is_changed('period_start', 'next') }}

),

cells as (

    {% for metric, statistic, column, people in segment_figures() -%}
    select
        segment_type,
        segment_value,
        team_department,
        week_start,
        '{{ metric }}' as metric,
        '{{ statistic }}' as statistic,
        {{ column }}::double as value,
        {{ people }} as people,
        '{{ people }}' as rests_on
    from segment_weeks

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

{{ withheld_cells('withheld_segment_cells', ['week_start', 'metric', 'statistic']) }},

published as (

    select
        -- segment
        segment_type,
        segment_value,

        -- figure
        metric,
        statistic,
        case when not is_withheld then value end as value,
        case when not is_withheld then people end as people,
        is_withheld,
        shown_as,

        -- dates
        week_start
    from withheld_cells

)

select * from published
