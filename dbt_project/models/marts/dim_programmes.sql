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

),

{# What is published is known by its name, and so each has one of its own. #}
named as (

    select
        *,
        coalesce(label, programme_type) as name,
        count(*) over (partition by coalesce(label, programme_type)) as of_the_name,
        row_number() over (
            partition by coalesce(label, programme_type)
            order by starts_on, programme_id
        ) as place
    from programmes

)

select
    -- ids
    named.programme_id,

    -- text
    named.programme_type,
    case
        when named.of_the_name > 1 then named.name || ' ' || named.place
        else named.name
    end as programme_name,

    -- numbers
    coalesce(entries.enrolled, 0) as enrolled,

    -- dates
    named.starts_on,
    named.ends_on
from named
left join entries
    on named.programme_id = entries.programme_id
