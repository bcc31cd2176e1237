select
    -- ids
    roster_rows.content_hash,
    roster_rows.source_name,
    people.person_id,
    managers.person_id as given_manager_id,

    -- text
    roster_rows.team,
    roster_rows.department,
    roster_rows.discipline,
    roster_rows.location,
    roster_rows.work_mode,

    -- numbers
    roster_rows.job_level,

    -- flags
    roster_rows.is_dated,
    sources.derives_units,

    -- dates
    roster_rows.hired_on,
    roster_rows.left_on,
    roster_rows.valid_from,
    roster_rows.valid_to,
    roster_rows.snapshot_on

from {{ source('raw', 'roster_csv_rows') }} as roster_rows
inner join {{ source('raw', 'sources') }} as sources
    on roster_rows.source_name = sources.source_name
inner join {{ source('raw', 'identity_map') }} as people
    on roster_rows.person_identifier_id = people.identifier_id
left join {{ source('raw', 'identity_map') }} as managers
    on roster_rows.manager_identifier_id = managers.identifier_id
