{#
    Which rows a build computes anew. A build that follows a finished one, with the same parameters,
    sources and code, computes what its changes reach and leaves the rest; every other build computes
    everything. The SQL of a model is the same in both, but for the condition `is_changed`.

    What the last finished build has seen stands in `int_built` and the copies beside it, which are the
    last that a build writes. They are read by their names: a `ref` would go round in a circle.
#}

{# A table of the last finished build. #}
{% macro of_last_build(name) %}
    {{ return(adapter.get_relation(this.database, 'intermediate', name)) }}
{% endmacro %}

{# Whether this build computes everything. Until dbt runs, all that a model may read is to be seen. #}
{% macro builds_anew() %}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {%- set builds = of_last_build('int_builds') -%}
    {%- if builds is none -%}{{ return(true) }}{%- endif -%}
    {%- set newest = run_query(
        'select arg_max(is_whole, build), arg_max(code, build) from ' ~ builds
    ) -%}
    {{ return(
        newest.rows[0][0] is none
        or newest.rows[0][0]
        or newest.rows[0][1] != code_fingerprint()
    ) }}
{% endmacro %}

{# Whether a model of the materialization `recomputed` keeps what it has and computes only what
   changed. Never in a unit test, whose model has another materialization. #}
{% macro is_recomputing() %}
    {%- if not execute or model.config.materialized != 'recomputed' -%}{{ return(false) }}{%- endif -%}
    {%- set relation = adapter.get_relation(this.database, this.schema, this.table) -%}
    {{ return(
        relation is not none
        and relation.type == 'table'
        and not flags.FULL_REFRESH
        and not builds_anew()
    ) }}
{% endmacro %}

{# The same, for what dbt itself asks: by this a model in Python is told (`dbt.is_incremental`). #}
{% macro is_incremental() %}
    {{ return(is_recomputing() or dbt.is_incremental()) }}
{% endmacro %}

{# A hash of all models and seeds. What macros say is part of `raw.parameters.code_fingerprint`. #}
{% macro code_fingerprint() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set checksums = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] -%}
        {%- do checksums.append(node.unique_id ~ node.checksum.checksum) -%}
    {%- endfor -%}
    {{ return(local_md5(checksums | sort | join(' '))) }}
{% endmacro %}

{# The table of a model that tells what changed. A data test need not say that it reads it: what it
   tests does. #}
{% macro table_of(name) %}
    {%- if model.resource_type == 'test' -%}
        {{ return(graph.nodes['model.tacit.' ~ name].relation_name) }}
    {%- endif -%}
    {{ return(ref(name)) }}
{% endmacro %}

{# What this build has to compute anew: what it notes of itself in `builds`, `events`, `dates`, whole
   `weeks`, the weeks whose trailing `windows` changed, or these and the `next` week of each and the
   week that each, being new, makes the ninth. #}
{% macro changed(what) -%}
    {%- if what == 'builds' -%}
        select max(build) from {{ table_of('int_builds') }}
    {%- elif what == 'events' -%}
        select event_id from {{ table_of('int_changed_events') }}
    {%- elif what == 'dates' -%}
        select date from {{ table_of('int_changed_dates') }}
        where build = ({{ changed('builds') }})
    {%- elif what == 'weeks' -%}
        select week_start from {{ table_of('int_changed_weeks') }}
    {%- elif what == 'windows' -%}
        select week_start from {{ table_of('int_changed_windows') }}
    {%- elif what == 'next' -%}
        select unnest([week_start, week_start + 7, week_start - 56])
        from {{ table_of('int_changed_windows') }}
    {%- else -%}
        {{ exceptions.raise_compiler_error('nothing is recomputed by ' ~ what) }}
    {%- endif -%}
{%- endmacro %}

{# Whether a row belongs to what is computed anew; in a whole build all rows do. #}
{% macro is_changed(key, what) -%}
    {%- if not execute or is_recomputing() -%}
        {{ key }} in ({{ changed(what) }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Formats of which a source is what its present files say together: they are loaded anew whenever one
   of the files changes, and what changed is found by comparing. #}
{% macro registers() -%}
    ('roster_csv', 'programmes_csv', 'enrolments_csv', 'sessions_csv', 'identities_csv')
{%- endmacro %}

{# How many data tests the project has: all of them hold, or nothing is published. #}
{% macro count_of_data_tests() %}
    {%- if not execute -%}{{ return(0) }}{%- endif -%}
    {%- set nodes = graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') -%}
    {{ return(nodes | list | length) }}
{% endmacro %}
