{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# Long: one row a figure, so that each rests on its own people and is withheld alone.
   #}
with

segment_weeks as (

    select * from {{ ref('fct_segment_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

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
        {{ people }} as people
    from segment_weeks

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

organisation_cells as (

    select * from cells
    where segment_type = 'organisation'

),

{# Small cells are never shown, nor is the rest of the organisation: people of unknown
   value. #}
small_cells as (

    select
        cells.segment_type,
        cells.week_start,
        cells.metric,
        cells.statistic,
        count_if(cells.people < parameters.min_group_size and cells.people > 0)
            as hidden_cells,
        coalesce(
            sum(cells.people) filter (cells.people < parameters.min_group_size), 0
        ) as hidden_people,
        any_value(organisation_cells.people) - sum(cells.people) as unknown_people
    from cells
    inner join organisation_cells
        on
            cells.week_start = organisation_cells.week_start
            and cells.metric = organisation_cells.metric
            and cells.statistic = organisation_cells.statistic
    cross join parameters
    group by
        cells.segment_type,
        cells.week_start,
        cells.metric,
        cells.statistic

),

{# One hidden cell, or a few people in all, follow from the total: then the smallest
   shown one is hidden too. #}
type_rules as (

    select
        small_cells.segment_type,
        small_cells.week_start,
        small_cells.metric,
        small_cells.statistic,
        small_cells.hidden_people + small_cells.unknown_people > 0
        and (
            small_cells.hidden_cells + (small_cells.unknown_people > 0)::integer = 1
            or small_cells.hidden_people
            + small_cells.unknown_people < parameters.min_group_size
        ) as hides_one_more
    from small_cells
    cross join parameters

),

withheld_cells as (

    select
        cells.*,
        cells.people < parameters.min_group_size
        or (
            type_rules.hides_one_more
            and cells.segment_type != 'organisation'
            and row_number() over (
                partition by
                    cells.segment_type,
                    cells.week_start,
                    cells.metric,
                    cells.statistic,
                    cells.people < parameters.min_group_size
                order by
                    cells.people,
                    cells.value,
                    cells.segment_value
            ) = 1
        ) as is_withheld
    from cells
    inner join type_rules
        on
            cells.segment_type = type_rules.segment_type
            and cells.week_start = type_rules.week_start
            and cells.metric = type_rules.metric
            and cells.statistic = type_rules.statistic
    cross join parameters

),

shown_cells as (

    select * from withheld_cells
    where not is_withheld

),

published as (

    select
        -- segment
        withheld_cells.segment_type,
        withheld_cells.segment_value,

        -- figure
        withheld_cells.metric,
        withheld_cells.statistic,
        case when not withheld_cells.is_withheld then withheld_cells.value end as value,
        case when not withheld_cells.is_withheld then withheld_cells.people end
            as people,
        withheld_cells.is_withheld,
        case
            when not withheld_cells.is_withheld then null
            when shown_departments.segment_value is not null
                then 'department ' || shown_departments.segment_value
            when
                withheld_cells.segment_type != 'organisation'
                and shown_organisation.segment_value is not null
                then 'organisation'
        end as shown_as,

        -- dates
        withheld_cells.week_start
    from withheld_cells
    left join shown_cells as shown_departments
        on
            shown_departments.segment_type = 'department'
            and withheld_cells.team_department = shown_departments.segment_value
            and withheld_cells.week_start = shown_departments.week_start
            and withheld_cells.metric = shown_departments.metric
            and withheld_cells.statistic = shown_departments.statistic
    left join shown_cells as shown_organisation
        on
            shown_organisation.segment_type = 'organisation'
            and withheld_cells.week_start = shown_organisation.week_start
            and withheld_cells.metric = shown_organisation.metric
            and withheld_cells.statistic = shown_organisation.statistic

)

select * from published
