{# Of a month that goes on nothing is said: what is published of it may have to stay
   so. #}
with

finished_months as (

    select month_start from {{ ref('dim_weeks') }}
    where is_last_of_month

),

reach as (

    select reach.* from {{ ref('fct_programme_reach') }} as reach
    semi join finished_months
        on reach.month_start = finished_months.month_start

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

withheld_reach_cells as (

    select * from {{ ref('withheld_reach_cells') }}

),

cells as (

    {% for metric, column, people in programme_reach_figures() -%}
    select
        programme_id,
        segment_type,
        segment_value,
        team_department,
        month_start,
        '{{ metric }}' as metric,
        {{ column }}::double as value,
        {{ people }} as people,
        '{{ people }}' as rests_on
    from reach

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

{{ withheld_cells('withheld_reach_cells', ['month_start', 'programme_id', 'metric']) }},

published as (

    select
        -- programme
        programmes.programme_name,
        programmes.programme_type,

        -- segment
        withheld_cells.segment_type,
        withheld_cells.segment_value,

        -- figure
        withheld_cells.metric,
        case when not withheld_cells.is_withheld then withheld_cells.value end as value,
        case when not withheld_cells.is_withheld then withheld_cells.people end
            as people,
        withheld_cells.is_withheld,
        withheld_cells.shown_as,

        -- dates
        withheld_cells.month_start
    from withheld_cells
    inner join programmes
        on withheld_cells.programme_id = programmes.programme_id

)

select * from published
