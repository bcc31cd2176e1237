{#
    The materialization `recomputed`: a table, of which a build computes anew what changed and keeps the
    rest. Rows of what changed go, those computed anew come, in one transaction. Their key is
    `unique_key`, an expression over the model's columns; `meta.recomputes` says what changes
    (macro `changed`). A build of everything makes the table as dbt makes any other.
#}
{% materialization recomputed, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set is_python = model['language'] == 'python' -%}
    {%- if not is_recomputing() and not is_python -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set kept = this.incorporate(type='table') -%}
    {# dbt runs Python in a connection of its own, which cannot hand over a temporary table, and only
       if a materialization itself asks for it. #}
    {%- set recomputed = make_intermediate_relation(kept) if is_python else make_temp_relation(kept) -%}

    {# A few rows of many large tables change: to look through them after each for what can be put
       together takes seconds. It is done when memory asks for it, and when dbt closes the warehouse. #}
    {%- if is_recomputing() -%}
        {% do run_query("set checkpoint_threshold = '1GB'") %}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if is_python -%}
        {{ drop_relation_if_exists(load_cached_relation(recomputed)) }}
        {% call statement('main', language='python', auto_begin=False) -%}
            {{ create_table_as(False, recomputed, compiled_code, 'python') }}
        {%- endcall %}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_recomputing() -%}
        {%- set columns = adapter.get_columns_in_relation(kept) | map(attribute='quoted') | join(', ') -%}
        {% call statement('replaced' if is_python else 'main') -%}
            {%- if not is_python %}
            {{ create_table_as(True, recomputed, compiled_code) }}
            {%- endif %}

            delete from {{ kept }}
            where {{ config.require('unique_key') }} in (
                {{ changed(config.require('meta')['recomputes']) }}
            );

            insert into {{ kept }} ({{ columns }})
            select {{ columns }}
            from {{ recomputed }};

            drop table {{ recomputed }}
        {%- endcall %}
    {%- else -%}
        {{ drop_relation_if_exists(load_cached_relation(kept)) }}
        {{ adapter.rename_relation(recomputed, kept) }}
        {% do persist_docs(kept, model) %}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {%- if is_recomputing() -%}
        {% do write_out_if_much_is_deleted(kept) %}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [kept]}) }}
{% endmaterialization %}

{# Until a deletion is written out, DuckDB keeps 8 bytes in memory for each row of the table that it
   touched, and cannot put them anywhere else. All together may take a fifth of what there is. A node
   has a session of its own, and so the count is kept in `graph`, which all nodes share. #}
{% macro write_out_if_much_is_deleted(table) %}
    {%- set found = run_query(
        "select count(*), parse_formatted_bytes(current_setting('memory_limit')) / 5 from " ~ table
    ).rows[0] -%}
    {%- set rows = graph.get('rows_with_deletions', 0) + found[0] | int -%}
    {%- set is_much = rows * 8 > found[1] -%}
    {%- if is_much -%}
        {% do run_query('checkpoint') %}
    {%- endif -%}
    {% do graph.update({'rows_with_deletions': 0 if is_much else rows}) %}
{% endmacro %}
