{# What is published of the organisation's network: a column of its mart, and the column that counts
   the people it rests on. Unit tests override it, to look at a few figures. #}
{% macro org_structure_figures() %}
    {{ return([
        ('people', 'people'),
        ('ties', 'people'),
        ('density', 'people'),
        ('components', 'people'),
        ('largest_component_share', 'people'),
        ('transitivity', 'people'),
        ('mean_clustering', 'people'),
        ('department_modularity', 'people_with_department'),
        ('department_ei_index', 'people_with_department'),
        ('community_modularity', 'people'),
        ('community_count', 'people')
    ]) }}
{% endmacro %}
