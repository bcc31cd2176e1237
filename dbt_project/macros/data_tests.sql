{#
    What a data test looks at. A build that computes a part tests that part, if the build before has
    tested the rest. `dbt test` by itself tests all rows.
#}

{# Whether the data tests of this build are to look at what it computed anew alone. #}
{% macro tests_in_part() %}
    {{ return(
        execute
        and flags.WHICH == 'build'
        and not flags.FULL_REFRESH
        and not builds_anew()
        and last_build_was_tested()
    ) }}
{% endmacro %}

{# Whether the last finished build ran every data test; had one failed, it were not finished. #}
{% macro last_build_was_tested() %}
    {%- set built, tests = of_last_build('int_built'), of_last_build('int_built_tests') -%}
    {%- if built is none or tests is none -%}{{ return(false) }}{%- endif -%}
    {%- set tested = run_query(
        'select count(*) from ' ~ built ~ ' semi join ' ~ tests ~ ' using (build)'
    ) -%}
    {{ return(tested.rows[0][0] > 0) }}
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
