with

roster_rows as (

    select * from {{ ref('int_roster_rows') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

identities as (

    select * from {{ ref('stg_tacit__identities') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

programmes as (

    select * from {{ ref('int_programmes') }}

),

enrolment_rows as (

    select * from {{ ref('stg_enrolments_csv__rows') }}

),

session_rows as (

    select * from {{ ref('stg_sessions_csv__rows') }}

),

identity_rows as (

    select * from {{ ref('stg_identities_csv__rows') }}

),

period_findings as (

    select
        person_id,
        unnest(findings) as finding
    from roster_periods

),

people as (

    select
        finding,
        'people' as subject,
        count(distinct person_id) as subjects
    from period_findings
    group by finding

    union all

    select
        'row_holds_on_no_day' as finding,
        'people' as subject,
        count(distinct person_id) as subjects
    from roster_rows
    where valid_from >= valid_to

),

contested_identifiers as (

    select
        'claimed_by_several' as finding,
        'identifiers' as subject,
        count(*) as subjects
    from identities
    where basis = 'contested'

),

{# The row names nobody on the roster, or an identifier that is another's key. #}
unfollowed_identifiers as (

    select
        'identity_not_followed' as finding,
        'identifiers' as subject,
        count(distinct identifier_id) as subjects
    from identity_rows
    where
        named_party_id != party_id
        and basis != 'contested'

),

{# The coverage leaves out less than a week at either end; what lies further off is
   parted from it by 13 weeks of silence, unless tacit.yml says where it begins. #}
stray_events as (

    select
        'stray' as finding,
        'events' as subject,
        count(distinct participants.event_id) as subjects
    from participants
    cross join coverage
    cross join parameters
    where
        participants.is_valid_person
        and parameters.coverage_from is null
        and (
            participants.date < coverage.first_date - 6
            or participants.date > coverage.last_date + 6
        )

),

named_programmes as (

    select programme_id from enrolment_rows

    union

    select programme_id from session_rows
    where programme_id is not null

),

programme_findings as (

    select
        'programme_not_listed' as finding,
        'programmes' as subject,
        count(*) as subjects
    from named_programmes
    anti join programmes
        on named_programmes.programme_id = programmes.programme_id

    union all

    select
        'programme_told_differently' as finding,
        'programmes' as subject,
        count(*) as subjects
    from programmes
    where descriptions > 1

),

{# What is set in tacit.yml, and makes no sense with these data. #}
event_dates as (

    select
        min(date) as first_date,
        max(date) as last_date
    from participants

),

{# None of the named bases compares anybody, though the roster has what others would. #}
unused_ranks as (

    select
        parameters.rank_bases,
        count(distinct roster_periods.person_id) as people,
        bool_or(roster_periods.manager_id is not null) as has_lines,
        bool_or(roster_periods.job_level is not null) as has_grades,
        bool_or(roster_periods.reporting_depth is not null) as has_depths
    from roster_periods
    cross join parameters
    group by parameters.rank_bases

),

parameter_findings as (

    select
        'no_whole_window' as finding,
        'weeks' as subject,
        (coverage.last_date + 1 - coverage.first_date) // 7 as subjects
    from coverage
    cross join parameters
    where
        coverage.last_date + 1 - coverage.first_date < 7 * parameters.tie_window_weeks

    union all

    select
        'covered_without_events' as finding,
        'weeks' as subject,
        greatest(event_dates.first_date - coverage.first_date, 0) // 7
        + greatest(coverage.last_date - event_dates.last_date, 0) // 7 as subjects
    from coverage
    cross join parameters
    cross join event_dates
    where parameters.coverage_from is not null

    union all

    select
        'ranks_not_used' as finding,
        'people' as subject,
        people as subjects
    from unused_ranks
    where
        (has_lines or has_grades or has_depths)
        and not (has_lines and list_contains(rank_bases, 'line'))
        and not (has_grades and list_contains(rank_bases, 'grade'))
        and not (has_depths and list_contains(rank_bases, 'depth'))

),

findings as (

    select * from people

    union all

    select * from contested_identifiers

    union all

    select * from unfollowed_identifiers

    union all

    select * from stray_events

    union all

    select * from programme_findings

    union all

    select * from parameter_findings

)

select
    finding,
    subject,
    subjects::integer as subjects
from findings
where subjects > 0
