with

unit_pairs as (

    select * from {{ ref('fct_unit_pair_weeks') }}
    where {{ is_tested('week_start', 'windows') }}

)

select
    unit_pairs.unit_type,
    unit_pairs.from_unit,
    unit_pairs.to_unit,
    unit_pairs.week_start
from unit_pairs
left join unit_pairs as mirrored
    on
        unit_pairs.unit_type = mirrored.unit_type
        and unit_pairs.from_unit = mirrored.to_unit
        and unit_pairs.to_unit = mirrored.from_unit
        and unit_pairs.week_start = mirrored.week_start
where
    mirrored.week_start is null
    or unit_pairs.ties != mirrored.ties
    or unit_pairs.interactions != mirrored.interactions
    or unit_pairs.people_from != mirrored.people_to
    or unit_pairs.interacting_people_from != mirrored.interacting_people_to
