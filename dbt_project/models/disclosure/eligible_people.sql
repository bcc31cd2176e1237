{# A figure of a month's reach rests on whoever was measured in a week of it, each in
   the segments of his last row (docs/metrics.md, section 9). #}
with

person_weeks as (

    select
        *,
        date_trunc('month', week_start + 6)::date as month_start
    from {{ ref('fct_person_weeks') }}

),

last_weeks as (

    select
        person_id,
        month_start,
        max(week_start) as week_start
    from person_weeks
    group by
        person_id,
        month_start
    having bool_or(is_measured)

),

eligible_people as (

    select
        person_weeks.person_id,
        {% for segment_type in segment_types() -%}
        person_weeks.{{ segment_type }},
        {% endfor -%}
        {
            'eligible': true
        } as counts_in,
        person_weeks.month_start
    from person_weeks
    semi join last_weeks
        on
            person_weeks.person_id = last_weeks.person_id
            and person_weeks.week_start = last_weeks.week_start

)

select * from eligible_people
