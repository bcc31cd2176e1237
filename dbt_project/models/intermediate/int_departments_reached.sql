{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

person_contacts as (

    select * from {{ ref('int_person_contacts') }}
    where {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

departments_reached as (

    select distinct
        person_contacts.person_id,
        contact_weeks.department,
        person_contacts.week_start
    from person_contacts
    inner join person_weeks
        on
            person_contacts.person_id = person_weeks.person_id
            and person_contacts.week_start = person_weeks.week_start
    inner join person_weeks as contact_weeks
        on
            person_contacts.contact_id = contact_weeks.person_id
            and person_contacts.week_start = contact_weeks.week_start
    where
        person_weeks.is_measured
        and person_weeks.department != contact_weeks.department

)

select * from departments_reached
