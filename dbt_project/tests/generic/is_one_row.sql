{# What is joined with everything is one row: a second would double all numbers, none
   would empty them. #}
{% test is_one_row(model) %}

select count(*) as row_count
from {{ model }}
having count(*) != 1

{% endtest %}
