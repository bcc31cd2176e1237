{#
    On every day of a period: the manager whom it names is valid, manages somebody, and
    has the depth above; who has no depth has a manager without one.
#}
with

periods as (

    select * from {{ ref('int_roster_periods') }}

),

shared_periods as (

    select
        periods.person_id,
        periods.valid_from,
        periods.valid_to,
        least(periods.valid_to, managers.valid_to)
        - greatest(periods.valid_from, managers.valid_from) as days,
        managers.manages_somebody
        and coalesce(managers.reporting_depth + 1, -1)
        = coalesce(periods.reporting_depth, -1) as is_one_step_above
    from periods
    inner join periods as managers
        on
            periods.manager_id = managers.person_id
            and periods.valid_from < managers.valid_to
            and periods.valid_to > managers.valid_from

),

managed_days as (

    select
        person_id,
        valid_from,
        sum(days) as days,
        bool_and(is_one_step_above) as is_one_step_above
    from shared_periods
    group by
        person_id,
        valid_from

)

select
    periods.person_id,
    periods.valid_from,
    periods.valid_to
from periods
left join managed_days
    on
        periods.person_id = managed_days.person_id
        and periods.valid_from = managed_days.valid_from
where
    periods.manager_id is not null
    and (
        managed_days.days is distinct from periods.valid_to - periods.valid_from
        or not managed_days.is_one_step_above
    )
