select
    -- ids
    enrolment_rows.programme_id,
    enrolment_rows.content_hash,
    enrolment_rows.source_name,
    people.person_id as party_id,
    partners.person_id as partner_id,

    -- text
    people.party_kind,
    enrolment_rows.role,

    -- numbers
    enrolment_rows.planned_sessions,

    -- dates
    enrolment_rows.starts_on,
    enrolment_rows.ends_on

from {{ source('raw', 'enrolments_csv_rows') }} as enrolment_rows
inner join {{ source('raw', 'sources') }} as sources
    on enrolment_rows.source_name = sources.source_name
inner join {{ source('raw', 'identity_map') }} as people
    on enrolment_rows.person_identifier_id = people.identifier_id
left join {{ source('raw', 'identity_map') }} as partners
    on enrolment_rows.partner_identifier_id = partners.identifier_id
