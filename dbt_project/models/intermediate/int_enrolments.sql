{#
    Who takes part in which programme, as which half of a pair. No format of this version
    brings enrolments: the table is there for those that will, and has no rows.
#}
with

enrolments as (

    select
        -- ids
        null::bigint as programme_id,
        null::bigint as person_id,
        null::bigint as partner_id,

        -- text
        null::varchar as programme_type,
        null::varchar as role,

        -- numbers
        null::integer as planned_sessions,
        null::integer as held_sessions,

        -- dates
        null::date as starts_on,
        null::date as ends_on
    where false

)

select * from enrolments
