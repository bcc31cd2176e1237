{# Where each of two names the other as partner, their enrolments are one pair. #}
with

enrolments as (

    select * from {{ ref('int_enrolments') }}
    where
        programme_type in ('buddy', 'mentoring', 'job_shadowing', 'pairing')

),

identities as (

    select * from {{ ref('stg_tacit__identities') }}
    where party_kind = 'person'

),

partners as (

    select
        *,
        unnest(partner_ids) as one_partner_id
    from enrolments

),

pairs as (

    select
        -- ids
        programme_id,
        least(person_id, one_partner_id) as person_a_id,
        greatest(person_id, one_partner_id) as person_b_id,

        -- numbers
        max(planned_sessions) as planned_sessions,

        -- dates
        starts_on,
        min(ends_on) as ends_on
    from partners
    where
        person_id != one_partner_id
        and one_partner_id in (select party_id from identities)
    group by
        programme_id,
        least(person_id, one_partner_id),
        greatest(person_id, one_partner_id),
        starts_on

)

select * from pairs
