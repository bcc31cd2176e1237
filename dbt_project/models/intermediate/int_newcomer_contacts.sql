{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

contacts as (

    select * from {{ ref('int_person_contacts') }}
    where {{ is_changed('week_start', 'windows') }}

),

newcomers as (

    select
        person_id,
        week_start
    from {{ ref('int_person_weeks') }}
    where
        tenure_band = 'under_26_weeks'
        and {{ is_changed('week_start', 'windows') }}

),

newcomer_contacts as (

    select
        contacts.person_id,
        count(*)::integer as newcomer_contacts,
        contacts.week_start
    from contacts
    inner join newcomers
        on
            contacts.contact_id = newcomers.person_id
            and contacts.week_start = newcomers.week_start
    group by
        contacts.person_id,
        contacts.week_start

)

select * from newcomer_contacts
