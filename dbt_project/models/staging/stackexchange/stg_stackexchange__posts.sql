select
    -- ids
    posts.event_id,
    posts.thread_id,
    posts.content_hash,
    posts.version_key,
    posts.file_id,
    posts.source_name,
    posts.space_identifier_id as space_id,
    authors.person_id as author_party_id,

    -- text
    authors.party_kind as author_party_kind,
    posts.author_kind,

    -- flags
    posts.is_question,

    -- timestamps
    posts.occurred_at

from {{ source('raw', 'stackexchange_posts') }} as posts
inner join {{ source('raw', 'sources') }} as sources
    on posts.source_name = sources.source_name
left join {{ source('raw', 'identity_map') }} as authors
    on posts.author_identifier_id = authors.identifier_id
