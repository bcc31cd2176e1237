{{ config(materialized='view') }}

select * from {{ ref('stg_tacit__parameters') }}
