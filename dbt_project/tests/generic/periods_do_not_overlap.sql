{# Of the rows that share these columns at most one holds on any day, and each holds on at
   least one. What joins them by date then finds one row or none, and multiplies nothing. #}
{% test periods_do_not_overlap(model, columns) %}

select
    {{ columns | join(', ') }},
    valid_from,
    valid_to
from {{ model }}
qualify
    coalesce(valid_from >= valid_to, true)
    or valid_to > lead(valid_from) over (
        partition by {{ columns | join(', ') }} order by valid_from
    )

{% endtest %}
