select
    source_name,
    format,
    channel,
    derives_units

from {{ source('raw', 'sources') }}
