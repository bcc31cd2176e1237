{# How near to somebody's number, as a part of it, nobody may come by taking his own away from the sum
   of a cell (docs/disclosure.md). #}
{% macro guessed_within() %}
    {{- return(0.1) -}}
{% endmacro %}

{# Whether a sum says nearly what one number in it is. The second largest knows his own: left for him to
   guess is what all the others have together. Numbers are not negative, `largest` the two largest. #}
{% macro is_nearly_one_number(total, largest) -%}
    {{ total }} > 0
        and {{ total }} - list_sum({{ largest }}) < {{ guessed_within() }} * {{ largest }}[1]
{%- endmacro %}

{# What one week and the one before have of a number in a group, side by side: whoever has a number in
   one of two weeks alone has come or gone. By so much as those who stayed changed, his number may be
   guessed wrongly. #}
{% macro movement(now, before) -%}
    {
            'people': count({{ now }}),
            'people_before': count({{ before }}),
            'came': count({{ now }}) filter ({{ before }} is null),
            'went': count({{ before }}) filter ({{ now }} is null),
            'of_who_came': sum({{ now }}) filter ({{ before }} is null),
            'of_who_went': sum({{ before }}) filter ({{ now }} is null),
            'of_who_stayed': coalesce(sum(abs({{ now }} - {{ before }})), 0)
        }
{%- endmacro %}

{# Whether the sums of two weeks say nearly what a few have who came or who went. #}
{% macro is_nearly_of_who_moved(movement, least) -%}
    {{ movement }}.people >= {{ least }}
        and {{ movement }}.people_before >= {{ least }}
        and {{ movement }}.came + {{ movement }}.went between 1 and {{ least }} - 1
        and 0 in ({{ movement }}.came, {{ movement }}.went)
        and {{ movement }}.of_who_stayed
        < {{ guessed_within() }} * greatest(
            {{ movement }}.of_who_came, {{ movement }}.of_who_went
        )
{%- endmacro %}

{# Which cells of segments are withheld, and what stands in their place: the smallest shown group above
   them. CTEs that follow on `cells`, whose columns are segment_type, segment_value, team_department,
   rests_on and the `keys`, the first of them the period, and on the CTE `withheld`. They end with
   `withheld_cells`, which has is_withheld and shown_as too. #}
{% macro withheld_cells(withheld, keys) -%}
hidden_or_shown as (

    select
        cells.*,
        {{ withheld }}.period_start is not null as is_withheld
    from cells
    left join {{ withheld }}
        on
            cells.segment_type = {{ withheld }}.segment_type
            and cells.segment_value = {{ withheld }}.segment_value
            and cells.rests_on = {{ withheld }}.rests_on
            and cells.{{ keys[0] }} = {{ withheld }}.period_start

),

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
