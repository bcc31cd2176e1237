{#
    Where records stand alone, an event changes by a new file or by who is behind an
   identifier. Where they hang together, as in chat and on question sites, or may be gone,
   as sessions of a list, what an event has become is compared with what it was.
#}
{%- set is_whole = builds_anew() %}
{%- set identities_before = of_last_build('int_built_identities') %}
{%- set events_before = of_last_build('int_events_merged') %}
{%- set built = of_last_build('int_built') %}

with

builds as (

    select * from {{ ref('int_builds') }}

),

{% if is_whole %}
{# Everything is computed anew, and nothing is to be looked for. #}
changed_events as (

    select
        null::bigint as event_id,
        null::varchar as reason,
        null::date as date_before
    from builds
    where false

)
{%- else %}
identities as (

    select * from {{ ref('stg_tacit__identities') }}

),

{# Rows of formats in which an event's rows stand alone. #}
single_rows as (

    {% for staged_rows in [
        'stg_interaction_csv__rows', 'stg_recognition_csv__rows', 'stg_feedback_csv__rows'
    ] -%}
    select
        event_id,
        file_id,
        source_identifier_id,
        target_identifier_id
    from {{ ref(staged_rows) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

slack_messages as (

    select * from {{ ref('stg_slack__messages') }}

),

session_rows as (

    select * from {{ ref('stg_sessions_csv__rows') }}

),

session_records as (

    select * from {{ ref('int_session_records') }}

),

slack_records as (

    select * from {{ ref('int_slack_records') }}

),

stackexchange_posts as (

    select * from {{ ref('stg_stackexchange__posts') }}

),

stackexchange_records as (

    select * from {{ ref('int_stackexchange_records') }}

),

sources as (

    select * from {{ ref('stg_tacit__sources') }}

),

built as (

    select * from {{ built }}

),

identities_before as (

    select * from {{ identities_before }}

),

events_before as (

    select * from {{ events_before }}

),

changed_identifiers as (

    select
        coalesce(identities.identifier_id, identities_before.identifier_id)
            as identifier_id
    from identities
    full outer join identities_before
        on identities.identifier_id = identities_before.identifier_id
    where
        (identities.party_id, identities.party_kind)
        is distinct from (identities_before.party_id, identities_before.party_kind)

),

single_events as (

    select
        event_id,
        'file' as reason
    from single_rows
    where file_id > (select last_file_id from built)

    union all

    select
        event_id,
        'identity' as reason
    from single_rows
    where source_identifier_id in (select identifier_id from changed_identifiers)

    union all

    select
        event_id,
        'identity' as reason
    from single_rows
    where target_identifier_id in (select identifier_id from changed_identifiers)

),

{# Records that follow from others, and whose rows may go: `bearer_id` is the message,
   post or session whose rows they are made of. #}
compared_records as (

    select
        event_id,
        case channel when 'reaction' then reply_to_id else event_id end as bearer_id,
        content_hash
    from slack_records

    union all

    select
        event_id,
        event_id as bearer_id,
        content_hash
    from session_records

    union all

    select
        event_id,
        event_id as bearer_id,
        content_hash
    from stackexchange_records

),

joined_now as (

    select
        event_id,
        min(bearer_id) as bearer_id,
        sum(content_hash::hugeint) as records_hash
    from compared_records
    group by event_id

),

joined_before as (

    select
        events_before.event_id,
        events_before.records_hash
    from events_before
    inner join sources
        on events_before.source_name = sources.source_name
    where sources.format in ('slack', 'stackexchange', 'sessions_csv')

),

new_bearers as (

    select event_id
    from slack_messages
    where file_id > (select last_file_id from built)

    union

    select event_id
    from session_rows
    where file_id > (select last_file_id from built)

    union

    select event_id
    from stackexchange_posts
    where file_id > (select last_file_id from built)

),

{# What is not of a new file follows from others: who somebody is, the parent of a thread,
   the question of an answer, who is in a conversation; or its list has it no more. #}
joined_events as (

    select
        coalesce(joined_now.event_id, joined_before.event_id) as event_id,
        case when new_bearers.event_id is not null then 'file' else 'context' end
            as reason
    from joined_now
    full outer join joined_before
        on joined_now.event_id = joined_before.event_id
    left join new_bearers
        on joined_now.bearer_id = new_bearers.event_id
    where joined_now.records_hash is distinct from joined_before.records_hash

),

changed_events as (

    select
        candidates.event_id,
        string_agg(distinct candidates.reason, ', ' order by candidates.reason)
            as reason,
        any_value(events_before.date) as date_before
    from (
        select * from single_events

        union all

        select * from joined_events
    ) as candidates
    left join events_before
        on candidates.event_id = events_before.event_id
    group by candidates.event_id

)
{%- endif %}

select
    event_id,
    reason,
    date_before
from changed_events
