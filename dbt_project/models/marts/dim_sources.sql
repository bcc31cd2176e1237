with

sources as (

    select * from {{ ref('int_sources') }}

)

select
    -- text
    source_name,
    format,
    files_fingerprint,

    -- numbers
    files,
    records,
    quarantined_records,

    -- dates
    last_exported_on
from sources
