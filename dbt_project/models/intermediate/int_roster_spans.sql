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
        ) as begins_on,
        coalesce(
            case
                when roster_rows.snapshot_on is not null then snapshots.next_snapshot_on
                when roster_rows.is_dated then roster_rows.valid_to
                else coalesce(roster_rows.valid_to, roster_rows.left_on)
            end,
            {{ end_of_time() }}
        ) as ends_on
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
        {{ beginning_of_time() }} as begins_on,
        {{ end_of_time() }} as ends_on
    from {{ ref('stg_tacit__identities') }} as identities
    cross join parameters
    where
        not parameters.has_roster
        and identities.party_kind = 'person'

),

rows_that_hold as (

    select * from bounded_rows
    where begins_on < ends_on

    union all

    select * from people_without_roster

),

bounds as (

    select
        person_id,
        begins_on as bound
    from rows_that_hold

    union

    select
        person_id,
        ends_on as bound
    from rows_that_hold

),

elementary_periods as (

    select
        person_id,
        bound as valid_from,
        lead(bound) over (partition by person_id order by bound) as valid_to
    from bounds

),

{# Of overlapping rows the one that begins last holds; of equals the one that ends
   first, then the one with the smaller content hash. #}
spans as (

    select
        elementary_periods.person_id,
        rows_that_hold.given_manager_id,
        rows_that_hold.team,
        rows_that_hold.department,
        rows_that_hold.discipline,
        rows_that_hold.location,
        rows_that_hold.work_mode,
        rows_that_hold.job_level,
        rows_that_hold.hired_on,
        rows_that_hold.left_on,
        rows_that_hold.derives_units,
        elementary_periods.valid_from,
        elementary_periods.valid_to,
        count(*) over (
            partition by elementary_periods.person_id, elementary_periods.valid_from
        ) > 1 as has_overlapping_rows
    from elementary_periods
    inner join rows_that_hold
        on
            elementary_periods.person_id = rows_that_hold.person_id
            and rows_that_hold.begins_on <= elementary_periods.valid_from
            and rows_that_hold.ends_on >= elementary_periods.valid_to
    qualify row_number() over (
        partition by elementary_periods.person_id, elementary_periods.valid_from
        order by
            rows_that_hold.begins_on desc,
            rows_that_hold.ends_on asc,
            rows_that_hold.content_hash asc
    ) = 1

)

select * from spans
