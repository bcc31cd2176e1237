{# What newcomers are compared by with the tenured (docs/metrics.md, section 8). #}
{% macro newcomer_measures() %}
    {{ return([
        'network_size', 'cross_team_contacts', 'lifting_beyond_manager', 'newcomer_contacts'
    ]) }}
{% endmacro %}

{# What is published of them: whose figure it is, metric, statistic, its column and the column that
   counts the people it rests on. Unit tests override it, to look at a few figures. #}
{% macro newcomer_figures() %}
    {%- set figures = [('newcomers', 'newcomers', 'count', 'newcomers', 'newcomers')] -%}
    {%- for measure in newcomer_measures() -%}
        {%- for statistic in ['mean', 'median'] -%}
            {%- do figures.append((
                'newcomers', measure, statistic, statistic ~ '_' ~ measure, measure ~ '_people'
            )) -%}
        {%- endfor -%}
        {%- do figures.append((
            'tenured', measure, 'median', 'tenured_median_' ~ measure,
            'tenured_' ~ measure ~ '_people'
        )) -%}
    {%- endfor -%}
    {{ return(figures) }}
{% endmacro %}
