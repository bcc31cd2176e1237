{#
    Messages and reactions in the shape in which the formats meet. A direct message is
    aimed at the conversation's other members, one in a channel at those mentioned and at
    those who spoke in its thread before.
#}
with

messages as (

    select * from {{ ref('int_slack_messages') }}

),

identities as (

    select * from {{ ref('stg_tacit__identities') }}

),

{# As the newest export lists them. #}
conversations as (

    select * from {{ ref('stg_slack__conversations') }}
    qualify row_number() over (
        partition by space_id
        order by version_key desc, content_hash asc
    ) = 1

),

placed as (

    select
        messages.*,
        coalesce(conversations.kind in ('direct', 'group_direct'), false) as is_direct,
        coalesce(conversations.member_identifier_ids, []) as member_identifier_ids
    from messages
    left join conversations
        on messages.space_id = conversations.space_id

),

members as (

    select
        event_id,
        unnest(member_identifier_ids) as identifier_id
    from placed
    where is_direct

),

mentioned as (

    select
        event_id,
        unnest(mentioned_identifier_ids) as identifier_id
    from placed
    where not is_direct

),

named as (

    select * from members

    union all

    select * from mentioned

),

named_parties as (

    select
        named.event_id,
        identities.party_id,
        identities.party_kind
    from named
    inner join identities
        on named.identifier_id = identities.identifier_id

),

thread_parties as (

    select
        replies.event_id,
        earlier.author_party_id as party_id,
        earlier.author_party_kind as party_kind
    from placed as replies
    inner join placed as earlier
        on
            replies.thread_id = earlier.thread_id
            and replies.occurred_at > earlier.occurred_at
    where
        not replies.is_direct
        and replies.thread_id != replies.event_id

),

targets as (

    select * from named_parties

    union

    select * from thread_parties

),

message_records as (

    select
        placed.event_id,
        placed.content_hash,
        placed.source_name,
        case when placed.is_direct then 'chat_direct' else 'chat_thread' end as channel,
        placed.author_party_id as source_party_id,
        placed.author_party_kind as source_party_kind,
        targets.party_id as target_party_id,
        targets.party_kind as target_party_kind,
        placed.occurred_at,
        placed.space_id,
        placed.thread_id,
        case when placed.thread_id != placed.event_id then placed.thread_id end
            as reply_to_id,
        placed.is_question,
        placed.has_unknown_group
    from placed
    left join targets
        on
            placed.event_id = targets.event_id
            and placed.author_party_id != targets.party_id

),

reactions as (

    select
        event_id,
        unnest(reacting_identifier_ids) as identifier_id
    from placed

),

{# All that one person has put under one message is one event, of the message's date. #}
reaction_records as (

    select distinct
        (md5_number(placed.event_id || ':' || identities.party_id) >> 65)::bigint
            as event_id,
        placed.content_hash,
        placed.source_name,
        'reaction' as channel,
        identities.party_id as source_party_id,
        identities.party_kind as source_party_kind,
        placed.author_party_id as target_party_id,
        placed.author_party_kind as target_party_kind,
        placed.occurred_at,
        placed.space_id,
        placed.thread_id,
        placed.event_id as reply_to_id,
        false as is_question,
        false as has_unknown_group
    from reactions
    inner join placed
        on reactions.event_id = placed.event_id
    inner join identities
        on reactions.identifier_id = identities.identifier_id

),

records as (

    select * from message_records

    union all

    select * from reaction_records

)

{# The hash is of all that a record says: also of what follows from other messages. #}
select * replace ((hash(records) >> 1)::bigint as content_hash)
from records
