select
    -- ids
    messages.event_id,
    messages.thread_id,
    messages.content_hash,
    messages.version_key,
    messages.file_id,
    messages.source_name,
    messages.space_identifier_id as space_id,
    authors.person_id as author_party_id,
    messages.mentioned_identifier_ids,
    messages.reacting_identifier_ids,

    -- text
    authors.party_kind as author_party_kind,

    -- numbers
    messages.text_length,

    -- flags
    messages.has_unknown_group,
    messages.is_question,

    -- timestamps
    messages.occurred_at

from {{ source('raw', 'slack_messages') }} as messages
inner join {{ source('raw', 'sources') }} as sources
    on messages.source_name = sources.source_name
inner join {{ source('raw', 'identity_map') }} as authors
    on messages.author_identifier_id = authors.identifier_id
