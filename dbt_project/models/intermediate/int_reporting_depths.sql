with

spans as (

    select
        person_id,
        valid_from,
        valid_to,
        coalesce(given_manager_id != person_id, false) as is_given_a_manager
    from {{ ref('int_roster_spans') }}

),

lines as (

    select * from {{ ref('int_manager_lines') }}

),

bounds as (

    select
        person_id,
        valid_from as bound
    from spans

    union

    select
        person_id,
        valid_to as bound
    from spans

    union

    select
        person_id,
        valid_from as bound
    from lines

    union

    select
        person_id,
        valid_to as bound
    from lines

    union

    select
        ancestor_id as person_id,
        valid_from as bound
    from lines
    where distance = 1

    union

    select
        ancestor_id as person_id,
        valid_to as bound
    from lines
    where distance = 1

),

elementary_periods as (

    select
        person_id,
        bound as valid_from,
        lead(bound) over (partition by person_id order by bound) as valid_to
    from bounds

),

periods as (

    select
        elementary_periods.person_id,
        elementary_periods.valid_from,
        elementary_periods.valid_to,
        spans.is_given_a_manager
    from elementary_periods
    inner join spans
        on
            elementary_periods.person_id = spans.person_id
            and spans.valid_from <= elementary_periods.valid_from
            and spans.valid_to >= elementary_periods.valid_to

),

{# A line to the top: its last ancestor was given no manager. Links are cut at the
   bounds of the manager's rows, so that one row of the ancestor covers the whole line.
   #}
lines_to_the_top as (

    select
        lines.person_id,
        lines.distance,
        lines.valid_from,
        lines.valid_to
    from lines
    inner join spans
        on
            lines.ancestor_id = spans.person_id
            and spans.valid_from <= lines.valid_from
            and spans.valid_to >= lines.valid_to
    where not spans.is_given_a_manager

),

links as (

    select * from lines
    where distance = 1

),

depths as (

    select
        periods.person_id,
        periods.valid_from,
        periods.valid_to,
        links_up.ancestor_id as manager_id,
        periods.is_given_a_manager
        and links_up.ancestor_id is null as has_dropped_manager,
        exists (
            select 1
            from links as links_down
            where
                links_down.ancestor_id = periods.person_id
                and links_down.valid_from <= periods.valid_from
                and links_down.valid_to >= periods.valid_to
        ) as manages_somebody,
        lines_to_the_top.distance as distance_to_the_top,
        periods.is_given_a_manager
    from periods
    left join links as links_up
        on
            periods.person_id = links_up.person_id
            and links_up.valid_from <= periods.valid_from
            and links_up.valid_to >= periods.valid_to
    left join lines_to_the_top
        on
            periods.person_id = lines_to_the_top.person_id
            and lines_to_the_top.valid_from <= periods.valid_from
            and lines_to_the_top.valid_to >= periods.valid_to

)

select
    person_id,
    valid_from,
    valid_to,
    manager_id,
    case
        when not is_given_a_manager and manages_somebody then 0
        else distance_to_the_top
    end as reporting_depth,
    manages_somebody,
    has_dropped_manager
from depths
