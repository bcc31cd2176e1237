{#
    What a data test looks at. A build that computes a part tests that part: the rest was tested when it
    was computed, and nothing has touched it. `dbt test` by itself tests all rows.
#}

{# Whether the data tests of this build are to look at what it computed anew alone. #}
{% macro tests_in_part() %}
    {{ return(
        execute
        and flags.WHICH == 'build'
        and not flags.FULL_REFRESH
        and not builds_anew()
    ) }}
{% endmacro %}

{# Whether a data test looks at a row; `what` is as for the macro `changed`. #}
{% macro is_tested(key, what) -%}
    {%- if tests_in_part() -%}
        {{ key }} in ({{ changed(what) }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Which rows of a model a generic test looks at. #}
{% macro duckdb__get_where_subquery(relation) %}
    {%- set tested = graph.nodes.get('model.tacit.' ~ relation.identifier) if execute -%}
    {%- set conditions = [config.get('where')] | select | list -%}
    {%- if tested and tested.config.materialized == 'recomputed' and tests_in_part() -%}
        {%- do conditions.append(
            tested.config.unique_key ~ ' in (' ~ changed(tested.config.meta['recomputes']) ~ ')'
        ) -%}
    {%- endif -%}
    {%- if not conditions -%}{{ return(relation) }}{%- endif -%}
    {{ return(
        '(select * from ' ~ relation ~ ' where (' ~ conditions | join(') and (') ~ ')) as tested_rows'
    ) }}
{% endmacro %}
