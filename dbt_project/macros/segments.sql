{# By what people are put into segments, beside the organisation, which is everybody. #}
{% macro segment_types() %}
    {{ return(
        ['team', 'department', 'discipline', 'location', 'work_mode', 'tenure_band']
    ) }}
{% endmacro %}

{# Who is in which segment: a row for each person of a relation and segment, with some of its columns.
   Who is of unknown value belongs to no segment of that type. #}
{% macro segment_members(relation, columns) -%}
    select
        'organisation' as segment_type,
        'all' as segment_value,
        {{ columns | join(',\n        ') }}
    from {{ relation }}

    {% for segment_type in segment_types() -%}
    union all

    select
        '{{ segment_type }}' as segment_type,
        {{ segment_type }} as segment_value,
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    where {{ segment_type }} is not null

    {% endfor %}
{%- endmacro %}

{# The segments that somebody is in, by type. #}
{% macro segments_of_person() -%}
    map(
            [
                {%- for segment_type in segment_types() %}
                '{{ segment_type }}'{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            [
                {%- for segment_type in segment_types() %}
                {{ segment_type }}{{ ',' if not loop.last }}
                {%- endfor %}
            ]
        )
{%- endmacro %}

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

{# Whose measure counts in that of a segment. #}
{% macro counts_in_measure(measure) -%}
    is_measured
    {%- if measure.startswith('lifting_') %} and has_someone_above is true{% endif %}
{%- endmacro %}

{# A measure to be summed. Decimals are summed exactly: the order in which a database meets people may
   not decide the last digit, nor by it what is withheld. #}
{% macro exactly(measure) -%}
    {{ measure }}
    {%- if measure.endswith(('_share', 'learning_minutes', 'diversity_coverage')) -%}
        ::decimal(38, 15)
    {%- endif %}
{%- endmacro %}

{# What is published of a segment: metric, statistic, its column and the column that counts the people
   it rests on. Unit tests override it, to look at one figure. #}
{% macro segment_figures() %}
    {%- set figures = [
        ('people', 'count', 'people', 'people'),
        ('measured_people', 'count', 'measured_people', 'measured_people'),
        ('isolated_share', 'share', 'isolated_share', 'full_window_people'),
        ('silent_share', 'share', 'silent_share', 'full_window_people'),
        ('newcomer_share', 'share', 'newcomer_share', 'tenure_known_people'),
        (
            'departments_reached_together', 'count', 'departments_reached_together',
            'measured_people'
        ),
        ('participation_gini', 'gini', 'participation_gini', 'measured_people')
    ] -%}
    {%- for measure in segment_measures() -%}
        {%- do figures.append((measure, 'mean', 'mean_' ~ measure, measure ~ '_people')) -%}
        {%- do figures.append((measure, 'median', 'median_' ~ measure, measure ~ '_people')) -%}
    {%- endfor -%}
    {{ return(figures) }}
{% endmacro %}

{# What somebody has of which a figure of his segments is made: metric, and his number, NULL where he does
   not count. Of departments reached it is which, not how many. #}
{% macro segment_numbers() %}
    {%- set numbers = [
        ('people', '1'),
        ('measured_people', 'case when is_measured then 1 end'),
        (
            'isolated_share',
            'case when is_full_window then (network_size <= 1)::integer end'
        ),
        ('silent_share', 'case when is_full_window then (not is_active)::integer end'),
        (
            'newcomer_share',
            "case when tenure_weeks is not null then (tenure_band = 'under_26_weeks')::integer end"
        ),
        (
            'departments_reached_together',
            'case when is_measured then hash(departments, department is not null) end'
        ),
        ('participation_gini', 'case when is_measured then reached_out end')
    ] -%}
    {%- for measure in segment_measures() -%}
        {%- do numbers.append(
            (measure, 'case when ' ~ counts_in_measure(measure) ~ ' then ' ~ measure ~ ' end')
        ) -%}
    {%- endfor -%}
    {{ return(numbers) }}
{% endmacro %}
