with

newcomers as (

    select * from {{ ref('int_newcomers') }}

),

manager_lines as (

    select * from {{ ref('int_manager_lines') }}
    where distance = 1

),

pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        kind = 'person_person'
        and channel in ('meeting', 'call', 'mentoring')

),

met as (

    select
        party_a_id as person_id,
        party_b_id as other_id,
        date
    from pair_days

    union all

    select
        party_b_id as person_id,
        party_a_id as other_id,
        date
    from pair_days

),

{# The manager is that of the date, whoever it is later. #}
meetings as (

    select
        newcomers.person_id,
        min(met.date) as first_manager_meeting_on
    from newcomers
    inner join met
        on
            newcomers.person_id = met.person_id
            and newcomers.hired_on <= met.date
    inner join manager_lines
        on
            newcomers.person_id = manager_lines.person_id
            and met.other_id = manager_lines.ancestor_id
            and met.date >= manager_lines.valid_from
            and met.date < manager_lines.valid_to
    group by newcomers.person_id

)

select * from meetings
