select
    -- ids
    conversations.space_identifier_id as space_id,
    conversations.content_hash,
    conversations.version_key,
    conversations.source_name,
    conversations.member_identifier_ids,

    -- text
    conversations.kind,
    conversations.label

from {{ source('raw', 'slack_conversations') }} as conversations
inner join {{ source('raw', 'sources') }} as sources
    on conversations.source_name = sources.source_name
