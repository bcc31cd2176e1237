with

conversations as (

    select
        conversations.*,
        {{ organisation_date(
            'make_timestamp(conversations.version_key)', 'parameters.timezone'
        ) }} as listed_on
    from {{ ref('stg_slack__conversations') }} as conversations
    cross join {{ ref('stg_tacit__parameters') }} as parameters

),

identities as (

    select * from {{ ref('stg_tacit__identities') }}

),

{# Of several lists of one day the last. #}
lists as (

    select
        space_id,
        listed_on,
        unnest(
            case
                when len(member_identifier_ids) = 0 then [null]
                else member_identifier_ids
            end
        ) as identifier_id
    from (
        select * from conversations
        qualify row_number() over (
            partition by space_id, listed_on
            order by version_key desc, content_hash asc
        ) = 1
    )

)

select distinct
    lists.space_id,
    identities.party_id,
    identities.party_kind,
    lists.listed_on
from lists
left join identities
    on lists.identifier_id = identities.identifier_id
