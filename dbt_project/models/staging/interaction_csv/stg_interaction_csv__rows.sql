select
    -- ids
    interaction_rows.event_id,
    interaction_rows.content_hash,
    interaction_rows.file_id,
    interaction_rows.source_name,
    interaction_rows.channel,
    interaction_rows.source_identifier_id,
    interaction_rows.target_identifier_id,
    interaction_rows.space_identifier_id as space_id,
    senders.person_id as source_party_id,
    targets.person_id as target_party_id,

    -- text
    senders.party_kind as source_party_kind,
    targets.party_kind as target_party_kind,

    -- numbers
    interaction_rows.minutes,

    -- flags
    interaction_rows.is_mutual,

    -- timestamps
    interaction_rows.occurred_at

from {{ source('raw', 'interaction_csv_rows') }} as interaction_rows
inner join {{ source('raw', 'sources') }} as sources
    on interaction_rows.source_name = sources.source_name
inner join {{ source('raw', 'identity_map') }} as senders
    on interaction_rows.source_identifier_id = senders.identifier_id
left join {{ source('raw', 'identity_map') }} as targets
    on interaction_rows.target_identifier_id = targets.identifier_id
