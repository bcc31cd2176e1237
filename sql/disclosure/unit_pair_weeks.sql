-- What the audit of disclosure reads of pairs of departments, a week at a time.

-- :weeks
select distinct week_start from bi.unit_pair_weeks
order by week_start;

-- :cells
select
    from_department,
    to_department,
    metric,
    is_withheld
from bi.unit_pair_weeks
where week_start = $week_start
order by all;

-- :ties
-- Pairs of which ties are shown or withheld, of all weeks.
select
    week_start,
    from_department,
    to_department,
    is_withheld
from bi.unit_pair_weeks
where metric = 'ties'
order by all;

-- :without_ties
-- Pairs between whom something passes, and no tie, of all weeks.
select
    week_start,
    from_unit,
    to_unit
from marts.fct_unit_pair_weeks
where unit_type = 'department' and ties = 0;

-- :interactions
-- How many pass between departments.
select
    from_unit,
    to_unit,
    interactions
from marts.fct_unit_pair_weeks
where
    unit_type = 'department'
    and week_start = $week_start;

-- :shown
-- The departments of which a mean is shown.
select segment_value as department
from bi.segment_weeks
where
    week_start = $week_start
    and segment_type = 'department'
    and metric = $metric
    and statistic = 'mean'
    and not is_withheld
order by department;

-- :without_department
select count(*)
from marts.fct_person_weeks
where
    week_start = $week_start
    and department is null;

-- :others
-- Of departments in which somebody has ties and is in no mean: how many have them with
-- others, and within.
select
    department,
    count(*) filter (where cross_department_contacts > 0) as others_outside,
    count(*) filter (where network_size > cross_department_contacts) as others_within
from marts.fct_person_weeks
where
    week_start = $week_start
    and not is_measured
    and department is not null
    and network_size > 0
group by department
order by department;

-- :people
-- Who of a department has ties, or interactions, with whom of which department.
with

units as (

    select
        person_id,
        department
    from marts.fct_person_weeks
    where
        week_start = $week_start
        and department is not null

),

pairs as (

    select
        party_a_id,
        party_b_id,
        is_tied
    from intermediate.int_ties
    where
        week_start = $week_start
        and kind = 'person_person'

),

sides as (

    select
        pairs.party_a_id as person_id,
        pairs.party_b_id as other_id,
        pairs.is_tied
    from pairs

    union all

    select
        pairs.party_b_id as person_id,
        pairs.party_a_id as other_id,
        pairs.is_tied
    from pairs

)

select
    own.department as from_department,
    others.department as to_department,
    sides.person_id,
    bool_or(sides.is_tied) as is_tied
from sides
inner join units as own
    on sides.person_id = own.person_id
inner join units as others
    on sides.other_id = others.person_id
group by
    own.department,
    others.department,
    sides.person_id;
