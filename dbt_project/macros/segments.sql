{# What a segment's people are averaged over (docs/metrics.md, section 5). Those of lifting count only
   people who have somebody above them. #}
{% macro segment_measures() %}
    {{ return([
        'network_size', 'cross_team_contacts', 'cross_department_contacts',
        'departments_reached', 'cross_team_share', 'reciprocal_share', 'lifting_interactions',
        'lifting_contacts', 'lifting_beyond_manager', 'coaching_given', 'learning_minutes',
        'diversity_coverage'
    ]) }}
{% endmacro %}
