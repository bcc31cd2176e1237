{# The people on whom the figures of a month's reach rest. #}
with

eligible_people as (

    select * from {{ ref('int_eligible_people') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

counted_people as (

    select
        person_weeks.person_id,
        {% for segment_type in segment_types() -%}
        person_weeks.{{ segment_type }},
        {% endfor -%}
        {
            'eligible': true
        } as counts_in,
        eligible_people.month_start
    from eligible_people
    inner join person_weeks
        on
            eligible_people.person_id = person_weeks.person_id
            and eligible_people.week_start = person_weeks.week_start

)

select * from counted_people
