{# Long: one row for each outcome, with and without the pairs that a programme makes by
   itself. #}
with

candidates as (

    select * from {{ ref('int_effect_candidates') }}

),

outcomes as (

    select * from {{ ref('int_effect_outcomes') }}

),

frozen_people as (

    select * from {{ ref('int_frozen_people') }}

),

variants as (

    select unnest([false, true]) as is_without_fellow_pairs

),

{# Whoever is no fellow has no pairs between fellows, and the same outcome with and
   without. #}
observed as (

    select
        candidates.*,
        variants.is_without_fellow_pairs,
        frozen_people.department,
        {% for outcome in programme_outcomes() -%}
        case
            when before_without_fellows.person_id is not null
                then before_without_fellows.{{ outcome }}
            else before_outcomes.{{ outcome }}
        end as {{ outcome }}_before,
        case
            when after_without_fellows.person_id is not null
                then after_without_fellows.{{ outcome }}
            else after_outcomes.{{ outcome }}
        end as {{ outcome }}_after,
        {% endfor -%}
        case when candidates.design = 'change' then frozen_people.job_level end
            as job_level
    from candidates
    cross join variants
    inner join frozen_people
        on
            candidates.person_id = frozen_people.person_id
            and candidates.frozen_on = frozen_people.frozen_on
    {%- for moment in ['before', 'after'] %}
    left join outcomes as {{ moment }}_outcomes
        on
            {{ moment }}_outcomes.programme_id is null
            and candidates.person_id = {{ moment }}_outcomes.person_id
            and candidates.frozen_on = {{ moment }}_outcomes.frozen_on
            and candidates.{{ moment }}_week_start = {{ moment }}_outcomes.week_start
    left join outcomes as {{ moment }}_without_fellows
        on
            variants.is_without_fellow_pairs
            and candidates.programme_id = {{ moment }}_without_fellows.programme_id
            and candidates.horizon_weeks = {{ moment }}_without_fellows.horizon_weeks
            and candidates.person_id = {{ moment }}_without_fellows.person_id
            and candidates.frozen_on = {{ moment }}_without_fellows.frozen_on
            and candidates.{{ moment }}_week_start
            = {{ moment }}_without_fellows.week_start
    {%- endfor %}

),

observations as (

    {% for outcome in programme_outcomes() -%}
    select
        -- ids
        programme_id,
        person_id,

        -- text
        design,
        '{{ outcome }}' as outcome,
        department,
        tenure_band,

        -- numbers
        horizon_weeks,
        job_level,
        weeks_since_hire,
        {{ outcome }}_before as value_before,
        {{ outcome }}_after as value_after,

        -- flags
        is_without_fellow_pairs,
        is_enrolled,

        -- dates
        hired_on,
        frozen_on
    from observed
    where
        {{ outcome }}_after is not null
        and (design = 'newcomer' or {{ outcome }}_before is not null)

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

)

select * from observations
