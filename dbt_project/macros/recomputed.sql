{#
    The materialization `recomputed`: a table, of which a build computes anew what changed and keeps the
    rest. Rows of what changed go, those computed anew come, in one transaction. Their key is
    `unique_key`, an expression over the model's columns; `meta.recomputes` says what changes
    (macro `changed`). A build of everything makes the table as dbt makes any other.
#}
{% materialization recomputed, adapter='duckdb' %}
    {%- if not is_recomputing() -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set kept = this.incorporate(type='table') -%}
    {%- set recomputed = make_temp_relation(kept) -%}
    {%- set columns = adapter.get_columns_in_relation(kept) | map(attribute='quoted') | join(', ') -%}

    {# A few rows of many large tables change: to look through them after each for what can be put
       together takes seconds. It is done once, when dbt closes the warehouse. #}
    {% do run_query("set checkpoint_threshold = '1GB'") %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ create_table_as(True, recomputed, compiled_code) }}

        delete from {{ kept }}
        where {{ config.require('unique_key') }} in (
            {{ changed(config.require('meta')['recomputes']) }}
        );

        insert into {{ kept }} ({{ columns }})
        select {{ columns }}
        from {{ recomputed }};

        drop table {{ recomputed }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [kept]}) }}
{% endmaterialization %}
