{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

contacts as (

    select * from {{ ref('int_person_contacts') }}
    where {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select
        person_id,
        {{ unit_number('team') }} as team,
        {{ unit_number('department') }} as department,
        {{ unit_number('discipline') }} as discipline,
        week_start
    from {{ ref('int_person_weeks') }}

),

contacts_in_units as (

    select
        contacts.person_id,
        contacts.week_start,
        contacts.is_reciprocal,
        person_weeks.team as own_team,
        person_weeks.department as own_department,
        person_weeks.discipline as own_discipline,
        contact_weeks.team,
        contact_weeks.department,
        contact_weeks.discipline
    from contacts
    inner join person_weeks
        on
            contacts.person_id = person_weeks.person_id
            and contacts.week_start = person_weeks.week_start
    inner join person_weeks as contact_weeks
        on
            contacts.contact_id = contact_weeks.person_id
            and contacts.week_start = contact_weeks.week_start

),

networks as (

    select
        person_id,
        week_start,
        count(*) as network_size,
        count_if(is_reciprocal) as reciprocal_contacts,
        count_if(team != own_team) as cross_team_contacts,
        count_if(department != own_department) as cross_department_contacts,
        count_if(discipline != own_discipline) as cross_discipline_contacts,
        count(team) as contacts_with_team,
        count(department) as contacts_with_department,
        count(discipline) as contacts_with_discipline,
        count(distinct case when team != own_team then team end) as teams_reached,
        count(distinct case when department != own_department then department end)
            as departments_reached,
        count(distinct case when discipline != own_discipline then discipline end)
            as disciplines_reached
    from contacts_in_units
    group by
        person_id,
        week_start

),

department_counts as (

    select
        person_id,
        week_start,
        department,
        count(*) as contacts
    from contacts_in_units
    where department is not null
    group by
        person_id,
        week_start,
        department

),

{# From whole numbers, so that neither the order of a sum nor a small share costs a
   digit. #}
department_mixes as (

    select
        person_id,
        week_start,
        1
        - sum(contacts * contacts) / (sum(contacts) * sum(contacts)) as department_blau,
        case
            when count(*) = 1 then 0
            else
                ln(sum(contacts))
                - list_sum(list_sort(list(contacts * ln(contacts)))) / sum(contacts)
        end as department_shannon
    from department_counts
    group by
        person_id,
        week_start

)

select
    networks.person_id,
    networks.network_size,
    networks.reciprocal_contacts,
    networks.cross_team_contacts,
    networks.cross_department_contacts,
    networks.cross_discipline_contacts,
    networks.contacts_with_team,
    networks.contacts_with_department,
    networks.contacts_with_discipline,
    networks.teams_reached,
    networks.departments_reached,
    networks.disciplines_reached,
    department_mixes.department_blau,
    department_mixes.department_shannon,
    networks.week_start
from networks
left join department_mixes
    on
        networks.person_id = department_mixes.person_id
        and networks.week_start = department_mixes.week_start
