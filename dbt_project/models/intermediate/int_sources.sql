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
        count(*) as files,
        sum(record_count) as records,
        sum(quarantined_count) as quarantined_records,
        md5(string_agg(sha256, ' ' order by sha256)) as files_fingerprint,
        max(exported_at)::date as last_exported_on
    from files
    group by source_name

)

select
    sources.source_name,
    sources.format,
    source_files.files_fingerprint,
    coalesce(source_files.files, 0)::integer as files,
    coalesce(source_files.records, 0)::bigint as records,
    coalesce(source_files.quarantined_records, 0)::bigint as quarantined_records,
    source_files.last_exported_on
from sources
left join source_files
    on sources.source_name = source_files.source_name
