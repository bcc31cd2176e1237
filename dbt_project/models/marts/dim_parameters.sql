with

parameters as (

    select * from {{ ref('int_parameters') }}

)

select * from parameters
