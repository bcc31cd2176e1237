select
    -- ids
    session_rows.event_id,
    session_rows.programme_id,
    session_rows.content_hash,
    session_rows.file_id,
    session_rows.source_name,
    people.person_id as party_id,

    -- text
    people.party_kind,
    session_rows.kind,
    session_rows.channel,

    -- numbers
    session_rows.minutes,

    -- flags
    session_rows.is_leading,
    session_rows.is_present,

    -- timestamps
    session_rows.occurred_at

from {{ source('raw', 'sessions_csv_rows') }} as session_rows
inner join {{ source('raw', 'sources') }} as sources
    on session_rows.source_name = sources.source_name
inner join {{ source('raw', 'identity_map') }} as people
    on session_rows.person_identifier_id = people.identifier_id
