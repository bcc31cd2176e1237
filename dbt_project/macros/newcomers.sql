{# What newcomers are compared by with the tenured (docs/metrics.md, section 8). #}
{% macro newcomer_measures() %}
    {{ return([
        'network_size', 'cross_team_contacts', 'lifting_beyond_manager', 'newcomer_contacts'
    ]) }}
{% endmacro %}

{# What is published of them: whose figure it is, metric, statistic, its column and the column that
   counts the people it rests on. A mean is a sum, of which weeks' means of the newly hired could be
   taken away; it stays in the warehouse. Unit tests override the list, to look at a few figures. #}
{% macro newcomer_figures() %}
    {%- set figures = [('newcomers', 'newcomers', 'count', 'newcomers', 'newcomers')] -%}
    {%- for measure in newcomer_measures() -%}
        {%- for population, prefix in [('newcomers', ''), ('tenured', 'tenured_')] -%}
            {%- do figures.append((
                population, measure, 'median', prefix ~ 'median_' ~ measure,
                prefix ~ measure ~ '_people'
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(figures) }}
{% endmacro %}
