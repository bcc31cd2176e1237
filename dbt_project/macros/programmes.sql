{# What of the people of a programme is compared with that of their controls (docs/metrics.md,
   section 9). #}
{% macro programme_outcomes() %}
    {{ return([
        'network_size', 'cross_team_contacts', 'departments_reached', 'lifting_beyond_manager'
    ]) }}
{% endmacro %}

{# After how many weeks it is looked at again. #}
{% macro programme_horizons() %}
    {{ return([4, 12]) }}
{% endmacro %}

{# How many days a date lies outside of a half-open period of a person. Of several periods the nearest
   speaks for a date, of equally near ones the later. #}
{% macro days_outside(date, period) -%}
    greatest(
        {{ period }}.valid_from - {{ date }}, {{ date }} - ({{ period }}.valid_to - 1), 0
    )
{%- endmacro %}

{# What names an estimate: a programme, a design, an outcome, a horizon, and whether the pairs that
   the programme makes by itself count. #}
{% macro study(relation) -%}
    {%- for name in study_columns() -%}
    {{ relation }}.{{ name }}{{ ',\n' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro study_columns() %}
    {{ return(
        ['programme_id', 'design', 'outcome', 'horizon_weeks', 'is_without_fellow_pairs']
    ) }}
{% endmacro %}

{% macro same_study(one, other) -%}
    {{ same_keys(one, other, study_columns()) }}
{%- endmacro %}

{# What is published of whom programmes reach: a column of the mart, and the column that counts the
   people it rests on. Unit tests override it, to look at one figure. #}
{% macro programme_reach_figures() %}
    {{ return([
        ('eligible', 'eligible', 'eligible'),
        ('participants', 'participants', 'eligible'),
        ('programme_share', 'share', 'eligible'),
        ('assignment_gini', 'assignment_gini', 'eligible')
    ]) }}
{% endmacro %}

{# What is published of the pairs of a programme: metric, statistic, and what a pair has. #}
{% macro programme_engagement_figures() %}
    {{ return([
        ('pairs', 'count', '1'),
        ('met_share', 'share', '(days_to_first_meeting is not null)::integer'),
        ('days_to_first_meeting', 'median', 'days_to_first_meeting'),
        ('sessions_held', 'mean', 'sessions_held'),
        ('held_share', 'mean', 'held_share'),
        ('longest_gap_days', 'median', 'longest_gap_days'),
        ('interactions_30_days', 'mean', 'interactions_30_days'),
        ('interactions_60_days', 'mean', 'interactions_60_days'),
        ('interactions_90_days', 'mean', 'interactions_90_days'),
        ('is_new_pair', 'share', 'is_new_pair::integer')
    ]) }}
{% endmacro %}

{# The 97.5 % quantile of Student's t: of up to 200 degrees of freedom as the seed `student_t` has it,
   of more the first terms of Cornish and Fisher's series about the normal quantile, which then leave
   out less than 3e-12 (Abramowitz and Stegun, 26.7.5). #}
{% macro student_t_quantile(degrees_of_freedom, tabulated) -%}
    {%- set z, n = '1.959963984540054e0', degrees_of_freedom -%}
    coalesce(
        {{ tabulated }},
        {{ z }}
        + ({{ z }} ** 3 + {{ z }}) / (4.0 * {{ n }})
        + (5 * {{ z }} ** 5 + 16 * {{ z }} ** 3 + 3 * {{ z }}) / (96.0 * {{ n }} ** 2)
        + (3 * {{ z }} ** 7 + 19 * {{ z }} ** 5 + 17 * {{ z }} ** 3 - 15 * {{ z }})
        / (384.0 * {{ n }} ** 3)
        + (
            79 * {{ z }} ** 9 + 776 * {{ z }} ** 7 + 1482 * {{ z }} ** 5
            - 1920 * {{ z }} ** 3 - 945 * {{ z }}
        ) / (92160.0 * {{ n }} ** 4)
    )
{%- endmacro %}
