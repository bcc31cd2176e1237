with

identity_rows as (

    select
        *,
        unnest(identifier_ids) as identifier_id
    from {{ source('raw', 'identities_csv_rows') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

identities as (

    select * from {{ source('raw', 'identity_map') }}

),

identifiers as (

    select
        -- ids
        identity_rows.identifier_id,
        identity_rows.content_hash,
        identity_rows.source_name,
        named.person_id as named_party_id,
        found.person_id as party_id,

        -- text
        found.basis
    from identity_rows
    inner join sources
        on identity_rows.source_name = sources.source_name
    inner join identities as named
        on identity_rows.person_identifier_id = named.identifier_id
    inner join identities as found
        on identity_rows.identifier_id = found.identifier_id

)

select * from identifiers
