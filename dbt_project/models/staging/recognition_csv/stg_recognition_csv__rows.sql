with

recognition_rows as (

    select
        *,
        unnest(receiver_identifier_ids) as receiver_identifier_id
    from {{ source('raw', 'recognition_csv_rows') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

identities as (

    select * from {{ source('raw', 'identity_map') }}

),

kudos as (

    select
        -- ids
        recognition_rows.event_id,
        recognition_rows.content_hash,
        recognition_rows.file_id,
        recognition_rows.source_name,
        recognition_rows.giver_identifier_id as source_identifier_id,
        recognition_rows.receiver_identifier_id as target_identifier_id,
        givers.person_id as source_party_id,
        receivers.person_id as target_party_id,

        -- text
        givers.party_kind as source_party_kind,
        receivers.party_kind as target_party_kind,

        -- timestamps
        recognition_rows.occurred_at
    from recognition_rows
    inner join sources
        on recognition_rows.source_name = sources.source_name
    inner join identities as givers
        on recognition_rows.giver_identifier_id = givers.identifier_id
    inner join identities as receivers
        on recognition_rows.receiver_identifier_id = receivers.identifier_id

)

select * from kudos
