{#
    Rows of one enrolment that differ in its end, its plan or the partner are one, by rules
    that know no order: an end that is known counts before one that is open.
#}
with

enrolment_rows as (

    select * from {{ ref('stg_enrolments_csv__rows') }}
    where party_kind = 'person'

),

programmes as (

    select * from {{ ref('int_programmes') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}
    where
        programme_id is not null
        and was_held

),

participants as (

    select * from {{ ref('int_event_participants') }}

),

merged as (

    select
        programme_id,
        party_id as person_id,
        role,
        starts_on,
        min(ends_on) as ends_on,
        max(planned_sessions) as planned_sessions,
        list_sort(list_distinct(list(partner_id))) as partner_ids
    from enrolment_rows
    group by
        programme_id,
        party_id,
        role,
        starts_on

),

attendances as (

    select distinct
        sessions.session_id,
        sessions.programme_id,
        sessions.date,
        participants.party_id
    from sessions
    inner join participants
        on sessions.session_id = participants.event_id

),

{# With a partner, both must have been there. #}
held as (

    select
        merged.programme_id,
        merged.person_id,
        merged.role,
        merged.starts_on,
        count(distinct own.session_id) as held_sessions
    from merged
    inner join attendances as own
        on
            merged.programme_id = own.programme_id
            and merged.person_id = own.party_id
            and merged.starts_on <= own.date
            and own.date <= coalesce(merged.ends_on, {{ end_of_time() }})
    left join attendances as partners
        on
            own.session_id = partners.session_id
            and list_contains(merged.partner_ids, partners.party_id)
    where
        len(merged.partner_ids) = 0
        or partners.party_id is not null
    group by
        merged.programme_id,
        merged.person_id,
        merged.role,
        merged.starts_on

),

enrolments as (

    select
        -- ids
        merged.programme_id,
        merged.person_id,
        merged.partner_ids[1] as partner_id,
        merged.partner_ids,

        -- text
        programmes.programme_type,
        merged.role,

        -- numbers
        merged.planned_sessions,
        coalesce(held.held_sessions, 0)::integer as held_sessions,

        -- dates
        merged.starts_on,
        merged.ends_on
    from merged
    left join programmes
        on merged.programme_id = programmes.programme_id
    left join held
        on
            merged.programme_id = held.programme_id
            and merged.person_id = held.person_id
            and merged.role = held.role
            and merged.starts_on = held.starts_on

)

select * from enrolments
