{# Not every build tests: `dbt run` does not, and `dbt build` may be told to leave tests
   out. #}
{%- set left_out = (
    graph.nodes.values() | selectattr('resource_type', 'equalto', 'test')
    | map(attribute='unique_id') | reject('in', selected_resources) | list
) if execute else [] %}

with

built as (

    select * from {{ ref('int_built') }}

)

select build
from built
where {{ 'false' if left_out else 'true' }}
