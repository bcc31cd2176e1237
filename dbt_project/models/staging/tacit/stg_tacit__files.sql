select
    -- ids
    files.file_id,
    files.source_name,
    files.format,
    files.sha256,

    -- numbers
    files.records as record_count,
    files.loaded as loaded_count,
    files.duplicate as duplicate_count,
    files.quarantined as quarantined_count,

    -- timestamps
    files.exported_at,
    files.loaded_at

from {{ source('raw', 'files') }} as files
inner join {{ source('raw', 'sources') }} as sources
    on files.source_name = sources.source_name
where files.superseded_at is null
