{#
    Those who have a before are compared with people of the same before-week who were as
    well connected in it; newcomers with people as many weeks after their hire who were
    hired at about the same time. What controls must share is given up one by one where it
    leaves fewer than five. Newcomers share no more than the department: their level and
    tenure are NULL here.
#}
{%- set nearest = 5 %}
{%- set shared = [
    ['department', 'job_level', 'tenure_band'], ['department', 'tenure_band'], ['tenure_band'], []
] %}
with

observations as (

    select
        *,
        case design when 'change' then frozen_on end as matched_on,
        case design
            when 'change' then value_before
            else hired_on - {{ beginning_of_time() }}
        end as place
    from {{ ref('int_effect_observations') }}

),

enrolled as (

    select * from observations
    where is_enrolled

),

controls as (

    select * from observations
    where not is_enrolled

),

{% for names in shared -%}
alike_{{ loop.index }} as (

    select
        {{ study('controls') }},
        matched_on,
        weeks_since_hire,
        {%- for name in names %}
        {{ name }},
        {%- endfor %}
        count(*) as people
    from controls
    group by all

),

{% endfor -%}
{# From which on there are enough; NULL where there never are. #}
compared as (

    select
        enrolled.*,
        case
            {% for names in shared -%}
            when alike_{{ loop.index }}.people >= {{ nearest }} then {{ loop.index }}
            {% endfor -%}
        end as step
    from enrolled
    {% for names in shared -%}
    left join alike_{{ loop.index }}
        on
            {{ same_study('enrolled', 'alike_' ~ loop.index) }}
            and enrolled.matched_on
            is not distinct from alike_{{ loop.index }}.matched_on
            and enrolled.weeks_since_hire
            is not distinct from alike_{{ loop.index }}.weeks_since_hire
            {% for name in names -%}
            and enrolled.{{ name }}
            is not distinct from alike_{{ shared.index(names) + 1 }}.{{ name }}
            {% endfor -%}
    {% endfor %}

),

pairs as (

    {% for names in shared -%}
    select
        {{ study('compared') }},
        compared.person_id,
        controls.person_id as control_id,
        compared.value_before,
        compared.value_after,
        controls.value_before as control_value_before,
        controls.value_after as control_value_after,
        abs(compared.place - controls.place) as distance,
        compared.frozen_on
    from compared
    inner join controls
        on
            {{ same_study('compared', 'controls') }}
            and compared.matched_on is not distinct from controls.matched_on
            and compared.weeks_since_hire is not distinct from controls.weeks_since_hire
            {%- for name in names %}
            and compared.{{ name }} is not distinct from controls.{{ name }}
            {%- endfor %}
    where compared.step = {{ loop.index }}

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

{# Of equally near ones all. #}
nearest as (

    select * from pairs
    qualify rank() over (
        partition by {{ study('pairs') }}, person_id
        order by distance
    ) <= {{ nearest }}

),

matches as (

    select
        -- ids
        programme_id,
        person_id,
        control_id,

        -- text
        design,
        outcome,

        -- numbers
        horizon_weeks,
        value_before,
        value_after,
        control_value_before,
        control_value_after,
        count(*) over (
            partition by {{ study('nearest') }}, person_id
        )::integer as controls,

        -- flags
        is_without_fellow_pairs,

        -- dates
        frozen_on
    from nearest

)

select * from matches
