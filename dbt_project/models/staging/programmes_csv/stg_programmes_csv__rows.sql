select
    -- ids
    programme_rows.programme_id,
    programme_rows.content_hash,
    programme_rows.source_name,

    -- text
    programme_rows.programme_type,
    programme_rows.label,

    -- dates
    programme_rows.starts_on,
    programme_rows.ends_on

from {{ source('raw', 'programmes_csv_rows') }} as programme_rows
inner join {{ source('raw', 'sources') }} as sources
    on programme_rows.source_name = sources.source_name
