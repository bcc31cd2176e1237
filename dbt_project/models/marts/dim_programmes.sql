with

programmes as (

    select * from {{ ref('int_programmes') }}

),

entries as (

    select
        programme_id,
        count(*)::integer as enrolled
    from {{ ref('int_programme_entries') }}
    group by programme_id

)

select
    -- ids
    programmes.programme_id,

    -- text
    programmes.programme_type,
    programmes.label as programme_name,

    -- numbers
    coalesce(entries.enrolled, 0) as enrolled,

    -- dates
    programmes.starts_on,
    programmes.ends_on
from programmes
left join entries
    on programmes.programme_id = entries.programme_id
