{# Of several rows of a programme the one with the smallest hash speaks. #}
with

programme_rows as (

    select * from {{ ref('stg_programmes_csv__rows') }}

),

programmes as (

    select
        -- ids
        programme_id,

        -- text
        programme_type,
        label,

        -- numbers
        count(distinct content_hash) over (partition by programme_id)::integer
            as descriptions,

        -- dates
        starts_on,
        ends_on
    from programme_rows
    qualify row_number() over (
        partition by programme_id
        order by content_hash, source_name
    ) = 1

)

select * from programmes
