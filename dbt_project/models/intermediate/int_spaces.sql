with

events as (

    select * from {{ ref('int_events') }}
    where space_id is not null

),

{# As the newest export lists them. #}
conversations as (

    select * from {{ ref('stg_slack__conversations') }}
    qualify row_number() over (
        partition by space_id
        order by version_key desc, content_hash asc
    ) = 1

),

sources as (

    select * from {{ ref('stg_tacit__sources') }}

),

seen as (

    select
        space_id,
        min(source_name) as source_name,
        min(date) as first_seen_on,
        max(date) as last_seen_on
    from events
    group by space_id

),

spaces as (

    select
        -- ids
        seen.space_id,

        -- text
        seen.source_name,
        case
            when conversations.kind is not null then conversations.kind
            when sources.format = 'stackexchange' then 'question_site'
            else 'generic'
        end as kind,
        case
            when conversations.kind is not null then conversations.label
            when sources.format = 'stackexchange' then seen.source_name
        end as label,

        -- dates
        seen.first_seen_on,
        seen.last_seen_on
    from seen
    left join conversations
        on seen.space_id = conversations.space_id
    left join sources
        on seen.source_name = sources.source_name

)

select * from spaces
