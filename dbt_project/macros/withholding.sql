{# How near to somebody's number, as a part of it, nobody may come by taking his own away from the sum
   of a cell (docs/disclosure.md). #}
{% macro guessed_within() %}
    {{- return(0.1) -}}
{% endmacro %}

{#
    The cells of one segment type that may be shown, and what stands in the place of the others, as
    CTEs that follow on `cells`, whose columns are segment_type, segment_value, team_department,
    value, people and the `keys`: cells of the same keys and type make up the organisation's. The
    rule is docs/metrics.md, section 10. They end with `withheld_cells`, which has is_withheld and
    shown_as.
#}
{% macro withholding(keys) -%}
organisation_cells as (

    select * from cells
    where segment_type = 'organisation'

),

{# Small cells are never shown, nor is the rest of the organisation: people of unknown value. #}
small_cells as (

    select
        cells.segment_type,
        {%- for key in keys %}
        cells.{{ key }},
        {%- endfor %}
        count_if(cells.people < parameters.min_group_size and cells.people > 0) as hidden_cells,
        coalesce(
            sum(cells.people) filter (cells.people < parameters.min_group_size), 0
        ) as hidden_people,
        any_value(organisation_cells.people) - sum(cells.people) as unknown_people
    from cells
    inner join organisation_cells
        on {{ same_keys('cells', 'organisation_cells', keys) }}
    cross join parameters
    group by
        cells.segment_type,
        {%- for key in keys %}
        cells.{{ key }}{{ ',' if not loop.last }}
        {%- endfor %}

),

{# One hidden cell, or a few people in all, follow from the total: then the smallest shown one is
   hidden too. #}
type_rules as (

    select
        small_cells.*,
        small_cells.hidden_people + small_cells.unknown_people > 0
        and (
            small_cells.hidden_cells + (small_cells.unknown_people > 0)::integer = 1
            or small_cells.hidden_people + small_cells.unknown_people < parameters.min_group_size
        ) as hides_one_more
    from small_cells
    cross join parameters

),

hidden_or_shown as (

    select
        cells.*,
        cells.people < parameters.min_group_size
        or (
            type_rules.hides_one_more
            and cells.segment_type != 'organisation'
            and row_number() over (
                partition by
                    cells.segment_type,
                    {%- for key in keys %}
                    cells.{{ key }},
                    {%- endfor %}
                    cells.people < parameters.min_group_size
                order by cells.people, cells.value, cells.segment_value
            ) = 1
        ) as is_withheld
    from cells
    inner join type_rules
        on
            cells.segment_type = type_rules.segment_type
            and {{ same_keys('cells', 'type_rules', keys) }}
    cross join parameters

),

{{ shown_as(keys) }}
{%- endmacro %}

{# What stands in the place of a withheld cell, as CTEs that follow on `hidden_or_shown`: `cells` with
   is_withheld. They end with `withheld_cells`. #}
{% macro shown_as(keys) -%}
shown_cells as (

    select * from hidden_or_shown
    where not is_withheld

),

withheld_cells as (

    select
        hidden_or_shown.*,
        case
            when not hidden_or_shown.is_withheld then null
            when shown_departments.segment_value is not null
                then 'department ' || shown_departments.segment_value
            when
                hidden_or_shown.segment_type != 'organisation'
                and shown_organisation.segment_value is not null
                then 'organisation'
        end as shown_as
    from hidden_or_shown
    left join shown_cells as shown_departments
        on
            shown_departments.segment_type = 'department'
            and hidden_or_shown.team_department = shown_departments.segment_value
            and {{ same_keys('hidden_or_shown', 'shown_departments', keys) }}
    left join shown_cells as shown_organisation
        on
            shown_organisation.segment_type = 'organisation'
            and {{ same_keys('hidden_or_shown', 'shown_organisation', keys) }}

)
{%- endmacro %}

{# That two rows have the same keys. #}
{% macro same_keys(one, other, keys) -%}
    {%- for key in keys -%}
    {{ one }}.{{ key }} = {{ other }}.{{ key }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
