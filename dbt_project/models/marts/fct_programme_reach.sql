with

programmes as (

    select * from {{ ref('int_programmes') }}

),

enrolments as (

    select * from {{ ref('int_enrolments') }}

),

person_weeks as (

    select * from {{ ref('int_person_weeks') }}

),

eligible_people as (

    select * from {{ ref('int_eligible_people') }}

),

segment_members as (

    select * from {{ ref('int_segment_members') }}

),

team_weeks as (

    select * from {{ ref('int_team_weeks') }}

),

eligible_members as (

    select
        eligible_people.person_id,
        eligible_people.month_start,
        segment_members.segment_type,
        segment_members.segment_value
    from eligible_people
    inner join segment_members
        on
            eligible_people.person_id = segment_members.person_id
            and eligible_people.week_start = segment_members.week_start

),

segments as (

    select
        month_start,
        segment_type,
        segment_value,
        count(*) as eligible
    from eligible_members
    group by
        month_start,
        segment_type,
        segment_value

),

{# Of a team as it was in the last week that anybody was in it. #}
team_months as (

    select
        date_trunc('month', week_start + 6)::date as month_start,
        team,
        max_by(department, week_start) as department
    from team_weeks
    group by
        date_trunc('month', week_start + 6)::date,
        team

),

months as (

    select distinct date_trunc('month', week_start + 6)::date as month_start
    from person_weeks

),

programme_months as (

    select
        programmes.programme_id,
        programmes.programme_type,
        months.month_start
    from programmes
    inner join months
        on
            coalesce(programmes.starts_on, {{ beginning_of_time() }})
            <= last_day(months.month_start)
            and coalesce(programmes.ends_on, {{ end_of_time() }}) >= months.month_start

),

{# How many enrolments a person has in the month, whole or in part. #}
assignments as (

    select
        programme_months.programme_id,
        programme_months.month_start,
        enrolments.person_id,
        count(*) as assignments
    from programme_months
    inner join enrolments
        on
            programme_months.programme_id = enrolments.programme_id
            and enrolments.starts_on <= last_day(programme_months.month_start)
            and coalesce(enrolments.ends_on, {{ end_of_time() }})
            >= programme_months.month_start
    group by
        programme_months.programme_id,
        programme_months.month_start,
        enrolments.person_id

),

ranked_assignments as (

    select
        assignments.programme_id,
        assignments.month_start,
        assignments.assignments,
        eligible_members.segment_type,
        eligible_members.segment_value,
        row_number() over (
            partition by
                assignments.programme_id,
                assignments.month_start,
                eligible_members.segment_type,
                eligible_members.segment_value
            order by assignments.assignments
        ) as place
    from assignments
    inner join eligible_members
        on
            assignments.person_id = eligible_members.person_id
            and assignments.month_start = eligible_members.month_start

),

participants as (

    select
        programme_id,
        month_start,
        segment_type,
        segment_value,
        count(*) as participants,
        sum(assignments) as assignments,
        sum(place * assignments) as placed_assignments
    from ranked_assignments
    group by
        programme_id,
        month_start,
        segment_type,
        segment_value

),

{# Of the places of the Gini coefficient, those without an assignment come first. #}
facts as (

    select
        -- ids
        programme_months.programme_id,

        -- segment
        segments.segment_type,
        segments.segment_value,
        team_months.department as team_department,

        -- numbers
        segments.eligible::integer as eligible,
        coalesce(participants.participants, 0)::integer as participants,
        coalesce(participants.participants, 0) / segments.eligible as share,
        case
            when programme_months.programme_type = 'cross_team_project'
                then
                    2 * (
                        participants.placed_assignments
                        + (segments.eligible - participants.participants)
                        * participants.assignments
                    ) / (segments.eligible * participants.assignments)
                    - (segments.eligible + 1) / segments.eligible
        end::double as assignment_gini,

        -- dates
        programme_months.month_start
    from programme_months
    inner join segments
        on programme_months.month_start = segments.month_start
    left join participants
        on
            programme_months.programme_id = participants.programme_id
            and programme_months.month_start = participants.month_start
            and segments.segment_type = participants.segment_type
            and segments.segment_value = participants.segment_value
    left join team_months
        on
            segments.segment_type = 'team'
            and segments.segment_value = team_months.team
            and segments.month_start = team_months.month_start

)

select * from facts
