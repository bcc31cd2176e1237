{# Where one of these columns has a value it lies between the bounds, both included. Without an
   upper bound it is still a number: neither infinite nor NaN, as a division by 0 gives. #}
{% test within(model, columns, at_least, at_most=none) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {%- for column in columns %}
    {% if not loop.first %}or {% endif -%}
    {{ column }} < {{ at_least }}
    or {{ column }}::double
    {%- if at_most is none %} >= 'infinity'::double{% else %} > {{ at_most }}{% endif %}
    {%- endfor %}

{% endtest %}
