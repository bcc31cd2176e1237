with

spans as (

    {% for model, date, last_date in [
        ('int_pair_events', 'date', 'date'),
        ('int_activity_days', 'date', 'date'),
        ('int_active_days', 'date', 'date'),
        ('int_ties', 'week_start', 'week_start + 6'),
        ('int_person_weeks', 'week_start', 'week_start + 6')
    ] -%}
    select
        '{{ model }}' as model,
        min({{ date }}) as first_date,
        max({{ last_date }}) as last_date
    from {{ ref(model) }}

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

)

select spans.*
from spans
cross join {{ ref('int_coverage') }} as coverage
where
    spans.first_date < coverage.first_date
    or spans.last_date > coverage.last_date
