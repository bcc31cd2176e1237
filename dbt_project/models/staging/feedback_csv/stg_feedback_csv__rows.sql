{# Anonymous feedback has no receivers, and is a row all the same. #}
with

feedback_rows as (

    select
        *,
        unnest(
            case
                when len(receiver_identifier_ids) = 0 then [null::bigint]
                else receiver_identifier_ids
            end
        ) as receiver_identifier_id
    from {{ source('raw', 'feedback_csv_rows') }}

),

sources as (

    select * from {{ source('raw', 'sources') }}

),

identities as (

    select * from {{ source('raw', 'identity_map') }}

),

feedback as (

    select
        -- ids
        feedback_rows.event_id,
        feedback_rows.content_hash,
        feedback_rows.file_id,
        feedback_rows.source_name,
        feedback_rows.giver_identifier_id as source_identifier_id,
        feedback_rows.receiver_identifier_id as target_identifier_id,
        givers.person_id as source_party_id,
        receivers.person_id as target_party_id,

        -- text
        givers.party_kind as source_party_kind,
        receivers.party_kind as target_party_kind,

        -- timestamps
        feedback_rows.occurred_at
    from feedback_rows
    inner join sources
        on feedback_rows.source_name = sources.source_name
    left join identities as givers
        on feedback_rows.giver_identifier_id = givers.identifier_id
    left join identities as receivers
        on feedback_rows.receiver_identifier_id = receivers.identifier_id

)

select * from feedback
