{#
    Which days each roster row holds for. A row may end on or before its beginning: it is
    a finding, and holds on no day.
#}
with

roster_rows as (

    select * from {{ ref('stg_roster_csv__rows') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

snapshots as (

    select
        source_name,
        snapshot_on,
        lead(snapshot_on) over (
            partition by source_name order by snapshot_on
        ) as next_snapshot_on
    from roster_rows
    where snapshot_on is not null
    group by source_name, snapshot_on

),

bounded_rows as (

    select
        roster_rows.person_id,
        roster_rows.given_manager_id,
        roster_rows.team,
        roster_rows.department,
        roster_rows.discipline,
        roster_rows.location,
        roster_rows.work_mode,
        roster_rows.job_level,
        roster_rows.hired_on,
        roster_rows.left_on,
        roster_rows.derives_units,
        roster_rows.content_hash,
        coalesce(
            case
                when roster_rows.snapshot_on is not null then roster_rows.snapshot_on
                when roster_rows.is_dated then roster_rows.valid_from
                else roster_rows.hired_on
            end,
            {{ beginning_of_time() }}
        ) as valid_from,
        coalesce(
            case
                when roster_rows.snapshot_on is not null then snapshots.next_snapshot_on
                when roster_rows.is_dated then roster_rows.valid_to
                else coalesce(roster_rows.valid_to, roster_rows.left_on)
            end,
            {{ end_of_time() }}
        ) as valid_to
    from roster_rows
    left join snapshots
        on
            roster_rows.source_name = snapshots.source_name
            and roster_rows.snapshot_on = snapshots.snapshot_on

),

{# Without any roster the people are those whom the exports name, valid always. #}
people_without_roster as (

    select distinct
        identities.party_id as person_id,
        null::bigint as given_manager_id,
        null::varchar as team,
        null::varchar as department,
        null::varchar as discipline,
        null::varchar as location,
        null::varchar as work_mode,
        null::double as job_level,
        null::date as hired_on,
        null::date as left_on,
        false as derives_units,
        0::bigint as content_hash,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from {{ ref('stg_tacit__identities') }} as identities
    cross join parameters
    where
        not parameters.has_roster
        and identities.party_kind = 'person'

),

rows_with_days as (

    select * from bounded_rows

    union all

    select * from people_without_roster

)

select * from rows_with_days
