{#
    Sessions in the shape in which the formats meet. Who led is a source, whoever else was
    there a target, each in a record of its own: a session may have several of the former,
    or none.
#}
with

session_rows as (

    select * from {{ ref('stg_sessions_csv__rows') }}

),

{# By rules that know neither order nor repetition, as those of int_events_merged. #}
sessions as (

    select
        event_id,
        min(source_name) as source_name,
        min(channel) as channel,
        min(programme_id) as programme_id,
        min(occurred_at) as occurred_at,
        max(minutes) as minutes
    from session_rows
    group by event_id

),

{# A yes counts before a no, and a no before silence. #}
presences as (

    select
        event_id,
        party_id,
        any_value(party_kind) as party_kind,
        coalesce(bool_or(is_present), true) as is_present
    from session_rows
    group by
        event_id,
        party_id

),

attendances as (

    select distinct
        presences.event_id,
        presences.party_id,
        presences.party_kind,
        session_rows.is_leading
    from presences
    inner join session_rows
        on
            presences.event_id = session_rows.event_id
            and presences.party_id = session_rows.party_id
    where presences.is_present

),

{# A session at which nobody was is one all the same. #}
records as (

    select
        sessions.event_id,
        sessions.source_name,
        sessions.channel,
        sessions.programme_id,
        case when attendances.is_leading then attendances.party_id end
            as source_party_id,
        case when attendances.is_leading then attendances.party_kind end
            as source_party_kind,
        case when not attendances.is_leading then attendances.party_id end
            as target_party_id,
        case when not attendances.is_leading then attendances.party_kind end
            as target_party_kind,
        sessions.occurred_at,
        sessions.minutes
    from sessions
    left join attendances
        on sessions.event_id = attendances.event_id

)

{# The hash is of all that a record says: also of what follows from other rows. #}
select
    *,
    (hash(records) >> 1)::bigint as content_hash
from records
