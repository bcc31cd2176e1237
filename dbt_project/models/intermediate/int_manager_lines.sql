with recursive

spans as (

    select * from {{ ref('int_roster_spans') }}

),

given_links as (

    select
        reports.person_id,
        managers.person_id as manager_id,
        greatest(reports.valid_from, managers.valid_from) as valid_from,
        least(reports.valid_to, managers.valid_to) as valid_to
    from spans as reports
    inner join spans as managers
        on
            reports.given_manager_id = managers.person_id
            and reports.person_id != managers.person_id
            and reports.valid_from < managers.valid_to
            and reports.valid_to > managers.valid_from

),

{# Who is reached by going up; a walk ends where it comes back to its beginning. #}
reached as (

    select
        person_id,
        manager_id as ancestor_id,
        valid_from,
        valid_to
    from given_links

    union

    select
        reached.person_id,
        given_links.manager_id as ancestor_id,
        greatest(reached.valid_from, given_links.valid_from) as valid_from,
        least(reached.valid_to, given_links.valid_to) as valid_to
    from reached
    inner join given_links
        on
            reached.ancestor_id = given_links.person_id
            and reached.valid_from < given_links.valid_to
            and reached.valid_to > given_links.valid_from
    where reached.person_id != reached.ancestor_id

),

cycles as (

    select
        person_id,
        valid_from,
        valid_to
    from reached
    where person_id = ancestor_id

),

cycle_bounds as (

    select
        person_id,
        valid_from as bound
    from cycles

    union

    select
        person_id,
        valid_to as bound
    from cycles

    union

    select
        given_links.person_id,
        given_links.valid_from as bound
    from given_links
    semi join cycles
        on given_links.person_id = cycles.person_id

    union

    select
        given_links.person_id,
        given_links.valid_to as bound
    from given_links
    semi join cycles
        on given_links.person_id = cycles.person_id

),

cycle_pieces as (

    select
        person_id,
        bound as valid_from,
        lead(bound) over (partition by person_id order by bound) as valid_to
    from cycle_bounds

),

{# The forest: given links less those inside a cycle. #}
links as (

    select given_links.*
    from given_links
    anti join cycles
        on given_links.person_id = cycles.person_id

    union all

    select
        given_links.person_id,
        given_links.manager_id,
        cycle_pieces.valid_from,
        cycle_pieces.valid_to
    from given_links
    inner join cycle_pieces
        on
            given_links.person_id = cycle_pieces.person_id
            and given_links.valid_from <= cycle_pieces.valid_from
            and given_links.valid_to >= cycle_pieces.valid_to
    anti join cycles
        on
            cycle_pieces.person_id = cycles.person_id
            and cycles.valid_from <= cycle_pieces.valid_from
            and cycles.valid_to >= cycle_pieces.valid_to

),

lines as (

    select
        person_id,
        manager_id as ancestor_id,
        1 as distance,
        valid_from,
        valid_to
    from links

    union all

    select
        lines.person_id,
        links.manager_id as ancestor_id,
        lines.distance + 1 as distance,
        greatest(lines.valid_from, links.valid_from) as valid_from,
        least(lines.valid_to, links.valid_to) as valid_to
    from lines
    inner join links
        on
            lines.ancestor_id = links.person_id
            and lines.valid_from < links.valid_to
            and lines.valid_to > links.valid_from

)

select
    person_id,
    ancestor_id,
    distance,
    valid_from,
    valid_to
from lines
