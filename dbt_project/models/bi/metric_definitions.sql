with

metric_definitions as (

    select * from {{ ref('dim_metrics') }}

)

select * from metric_definitions
