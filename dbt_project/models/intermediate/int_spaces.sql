with

events as (

    select * from {{ ref('int_events') }}
    where space_id is not null

),

spaces as (

    select
        -- ids
        space_id,

        -- text
        min(source_name) as source_name,
        'generic' as kind,
        null::varchar as label,

        -- dates
        min(date) as first_seen_on,
        max(date) as last_seen_on
    from events
    group by space_id

)

select * from spaces
