{# Where a number of a metric is what it was, nothing has changed of the figure for the
   person's sake; some are no amounts. #}
with

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

departments_reached as (

    select
        person_id,
        list(department order by department) as departments,
        week_start
    from {{ ref('int_departments_reached') }}
    group by
        person_id,
        week_start

),

person_numbers as (

    select
        person_weeks.person_id,
        {{ segments_of_person() }} as segments,
        map(
            [
                {% for metric, _ in segment_numbers() -%}
                '{{ metric }}'{{ ',' if not loop.last }}
                {% endfor %}
            ],
            [
                {% for _, number in segment_numbers() -%}
                ({{ number }})::double{{ ',' if not loop.last }}
                {% endfor %}
            ]
        ) as numbers,
        person_weeks.week_start
    from person_weeks
    left join departments_reached
        on
            person_weeks.person_id = departments_reached.person_id
            and person_weeks.week_start = departments_reached.week_start

)

select * from person_numbers
