with

rows_that_hold as (

    select * from {{ ref('int_roster_rows') }}
    where valid_from < valid_to

),

bounds as (

    select
        person_id,
        valid_from as bound
    from rows_that_hold

    union

    select
        person_id,
        valid_to as bound
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
            and rows_that_hold.valid_from <= elementary_periods.valid_from
            and rows_that_hold.valid_to >= elementary_periods.valid_to
    qualify row_number() over (
        partition by elementary_periods.person_id, elementary_periods.valid_from
        order by
            rows_that_hold.valid_from desc,
            rows_that_hold.valid_to asc,
            rows_that_hold.content_hash asc
    ) = 1

)

select * from spans
