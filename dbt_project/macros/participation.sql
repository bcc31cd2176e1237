{# What is published of a space: metric, its column, the column that counts the people it rests on, and
   whether it is a sum of what these people have, which is then published of spaces and not of teams.
   Unit tests override it, to look at a few figures. #}
{% macro participation_figures() %}
    {{ return([
        ('members', 'members', 'members', false),
        ('contributors', 'contributors', 'members', false),
        ('contributions', 'contributions', 'contributors', true),
        ('lapsed_share', 'lapsed_share', 'members', false),
        ('participation_gini', 'participation_gini', 'members', false),
        ('listed_members', 'listed_members', 'listed_members', false),
        ('silent_share', 'silent_share', 'listed_members', false),
        ('questions', 'questions', 'askers', true),
        ('answered_share', 'answered_share', 'judged_askers', false),
        ('median_hours_to_first_reply', 'median_hours_to_first_reply', 'answered_askers', false)
    ]) }}
{% endmacro %}

{# What of a space is published as a band alone, for one person may be behind it: metric, and each
   band with the value below which it ends. #}
{% macro participation_bands() %}
    {{ return({
        'top_contributor_share': [
            ('under 10 %', 0.1), ('10 to 25 %', 0.25), ('25 to 50 %', 0.5), ('50 % and over', none)
        ],
        'absence_factor': [('1 to 2', 3), ('3 to 5', 6), ('6 to 10', 11), ('over 10', none)]
    }) }}
{% endmacro %}
