{# The organisation's date of a UTC timestamp; it is used once, in int_events_merged. #}
{% macro organisation_date(utc_timestamp, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ utc_timestamp }}))::date
{%- endmacro %}

{# The Monday of a date's ISO week. #}
{% macro week_start(date) -%}
    date_trunc('week', {{ date }})::date
{%- endmacro %}

{# What an empty bound of a half-open period stands for, so that periods compare without NULL. #}
{% macro beginning_of_time() -%} date '0001-01-01' {%- endmacro %}
{% macro end_of_time() -%} date '9999-12-31' {%- endmacro %}

{# A bound as people expect it: empty where it is open. #}
{% macro open_bound(date) -%}
    nullif(nullif({{ date }}, {{ beginning_of_time() }}), {{ end_of_time() }})
{%- endmacro %}
