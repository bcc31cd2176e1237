{# A field of `counts_in` has the name of the column of fct_segment_weeks that counts
   these people; that of `has` is what they have of what is averaged over them. #}
with

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

counted_people as (

    select
        person_id,
        {% for segment_type in segment_types() -%}
        {{ segment_type }},
        {% endfor -%}
        {
            'people': true,
            'measured_people': is_measured,
            'full_window_people': is_full_window,
            {% for measure in segment_measures() -%}
            '{{ measure }}_people': {{ measure }} is not null
            and {{ counts_in_measure(measure) }},
            {% endfor -%}
            'tenure_known_people': tenure_weeks is not null
        } as counts_in,
        {
            {% for measure in segment_measures() -%}
            '{{ measure }}_people': {{ measure }}::double{{ ',' if not loop.last }}
            {% endfor %}
        } as has,
        week_start
    from person_weeks

)

select * from counted_people
