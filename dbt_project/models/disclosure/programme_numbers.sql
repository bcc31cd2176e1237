{# Of every programme and month, also where the programme is not in the month. #}
with

eligible_people as (

    select * from {{ ref('eligible_people') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

enrolments as (

    select * from {{ ref('int_enrolments') }}

),

assignments as (

    select
        programmes.programme_name,
        eligible_people.person_id,
        {% for segment_type in segment_types() -%}
        eligible_people.{{ segment_type }},
        {% endfor -%}
        count(enrolments.person_id) as assignments,
        eligible_people.month_start
    from eligible_people
    cross join programmes
    left join enrolments
        on
            programmes.programme_id = enrolments.programme_id
            and eligible_people.person_id = enrolments.person_id
            and enrolments.starts_on <= last_day(eligible_people.month_start)
            and coalesce(enrolments.ends_on, {{ end_of_time() }})
            >= eligible_people.month_start
    group by
        programmes.programme_name,
        eligible_people.person_id,
        {% for segment_type in segment_types() -%}
        eligible_people.{{ segment_type }},
        {% endfor -%}
        eligible_people.month_start

),

programme_numbers as (

    select
        programme_name,
        person_id,
        {{ segments_of_person() }} as segments,
        map(
            ['eligible', 'participants', 'programme_share', 'assignment_gini'],
            [
                1,
                (assignments > 0)::integer,
                (assignments > 0)::integer,
                assignments
            ]::double[]
        ) as numbers,
        month_start
    from assignments

)

select * from programme_numbers
