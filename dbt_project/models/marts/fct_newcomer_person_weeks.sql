with

newcomers as (

    select * from {{ ref('int_newcomers') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}

),

newcomer_contacts as (

    select * from {{ ref('int_newcomer_contacts') }}

),

weeks as (

    select * from {{ ref('dim_weeks') }}

),

facts as (

    select
        -- ids
        newcomers.person_id,

        -- text
        person_weeks.department,

        -- numbers
        ((weeks.week_end - newcomers.hired_on) // 7)::integer as weeks_since_hire,
        person_weeks.network_size,
        person_weeks.cross_team_contacts,
        case
            when person_weeks.has_someone_above then person_weeks.lifting_beyond_manager
        end as lifting_beyond_manager,
        coalesce(newcomer_contacts.newcomer_contacts, 0) as newcomer_contacts,

        -- flags
        person_weeks.is_active and weeks.is_window_in_coverage as is_pooled,
        weeks.window_start < newcomers.hired_on as is_short_window,

        -- dates
        person_weeks.week_start
    from newcomers
    inner join person_weeks
        on newcomers.person_id = person_weeks.person_id
    inner join weeks
        on
            person_weeks.week_start = weeks.week_start
            and newcomers.hired_on <= weeks.week_end
    left join newcomer_contacts
        on
            newcomers.person_id = newcomer_contacts.person_id
            and person_weeks.week_start = newcomer_contacts.week_start

)

select * from facts
