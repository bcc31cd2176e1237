{#
    Versions of one message: who is mentioned and who reacted adds up, for the rest the
    last version speaks, whatever came first.
#}
with

messages as (

    select * from {{ ref('stg_slack__messages') }}

),

last_versions as (

    select
        event_id,
        thread_id,
        source_name,
        space_id,
        author_party_id,
        author_party_kind,
        is_question,
        occurred_at
    from messages
    qualify row_number() over (
        partition by event_id
        order by version_key desc, content_hash asc, source_name asc
    ) = 1

),

unions as (

    select
        event_id,
        bool_or(has_unknown_group) as has_unknown_group,
        list_sort(list_distinct(flatten(list(mentioned_identifier_ids))))
            as mentioned_identifier_ids,
        list_sort(list_distinct(flatten(list(reacting_identifier_ids))))
            as reacting_identifier_ids,
        min(content_hash) as content_hash
    from messages
    group by event_id

)

select
    -- ids
    last_versions.event_id,
    last_versions.thread_id,
    last_versions.source_name,
    last_versions.space_id,
    last_versions.author_party_id,
    unions.mentioned_identifier_ids,
    unions.reacting_identifier_ids,
    unions.content_hash,

    -- text
    last_versions.author_party_kind,

    -- flags
    unions.has_unknown_group,
    last_versions.is_question and last_versions.thread_id = last_versions.event_id
        as is_question,

    -- timestamps
    last_versions.occurred_at
from last_versions
inner join unions
    on last_versions.event_id = unions.event_id
