with

newcomers as (

    select * from {{ ref('int_newcomers') }}

),

newcomer_weeks as (

    select * from {{ ref('fct_newcomer_person_weeks') }}

),

meetings as (

    select * from {{ ref('int_newcomer_meetings') }}

),

first_ties as (

    select * from {{ ref('int_newcomer_first_ties') }}

),

tenured_weeks as (

    select * from {{ ref('fct_person_weeks') }}
    where
        is_measured
        and tenure_weeks >= 26

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

tenured_of_departments as (

    select
        department,
        week_start,
        count(*) as people,
        median(network_size) as median_network_size
    from tenured_weeks
    where department is not null
    group by
        department,
        week_start

),

tenured_of_organisation as (

    select
        week_start,
        median(network_size) as median_network_size
    from tenured_weeks
    group by week_start

),

{# A department of too few tenured people is no measure: the organisation is. #}
compared as (

    select
        newcomer_weeks.person_id,
        newcomer_weeks.weeks_since_hire,
        newcomer_weeks.network_size >= coalesce(
            of_department.median_network_size, of_organisation.median_network_size
        ) as is_connected
    from newcomer_weeks
    cross join parameters
    left join tenured_of_departments as of_department
        on
            newcomer_weeks.department = of_department.department
            and newcomer_weeks.week_start = of_department.week_start
            and of_department.people >= parameters.min_group_size
    left join tenured_of_organisation as of_organisation
        on newcomer_weeks.week_start = of_organisation.week_start

),

connected as (

    select
        person_id,
        min(weeks_since_hire) as weeks_to_connected
    from compared
    where is_connected
    group by person_id

),

facts as (

    select
        -- ids
        newcomers.person_id,

        -- numbers
        (meetings.first_manager_meeting_on - newcomers.hired_on)::integer
            as first_manager_meeting_days,
        case
            when first_ties.first_tie_on is not null
                then greatest(first_ties.first_tie_on - newcomers.hired_on, 0)
        end::integer as first_cross_team_tie_days,
        connected.weeks_to_connected,

        -- flags
        connected.person_id is null as is_censored,

        -- dates
        newcomers.hired_on
    from newcomers
    left join meetings
        on newcomers.person_id = meetings.person_id
    left join first_ties
        on newcomers.person_id = first_ties.person_id
    left join connected
        on newcomers.person_id = connected.person_id

)

select * from facts
