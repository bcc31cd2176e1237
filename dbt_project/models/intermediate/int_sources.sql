with

sources as (

    select * from {{ ref('stg_tacit__sources') }}

),

files as (

    select * from {{ ref('stg_tacit__files') }}

),

source_files as (

    select
        source_name,
        sum(record_count) as records,
        sum(quarantined_count) as quarantined_records
    from files
    group by source_name

)

select
    sources.source_name,
    sources.format,
    coalesce(source_files.records, 0)::bigint as records,
    coalesce(source_files.quarantined_records, 0)::bigint as quarantined_records
from sources
left join source_files
    on sources.source_name = source_files.source_name
