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

)

select
    finding,
    subject,
    subjects::integer as subjects
from findings
where subjects > 0
