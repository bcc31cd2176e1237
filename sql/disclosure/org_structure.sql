-- What the audit of disclosure reads of the structure of the whole network, all months
-- at once.

-- :cells
select
    [week_start::varchar]::varchar as cell,
    metric,
    people,
    0 as least_people,
    is_withheld
from bi.org_structure
order by all;

-- :left_over
-- In weeks in which a few people have ties and are in no mean, or ties with other
-- departments, or within, all ties less those of the mean are theirs.
with

others as (

    select
        week_start,
        unnest([
            count(*),
            count(*) filter (cross_department_contacts > 0),
            count(*) filter (network_size > cross_department_contacts)
        ]) as people
    from marts.fct_person_weeks
    where not is_measured and network_size > 0
    group by week_start

)

select distinct
    [week_start::varchar]::varchar as cell,
    unnest(['ties', 'density']) as metric
from others
where people > 0 and people < $least
order by all;

-- :people
-- Figures of departments rest on those whose department is known.
with

counts as (

    select
        structure.week_start,
        count(*) as people,
        count(person_weeks.department) as people_with_department
    from marts.fct_person_structure as structure
    inner join marts.fct_person_weeks as person_weeks
        on
            structure.person_id = person_weeks.person_id
            and structure.week_start = person_weeks.week_start
    group by structure.week_start

)

select
    [counts.week_start::varchar]::varchar as cell,
    metrics.metric,
    if(
        starts_with(metrics.metric, 'department_'),
        counts.people_with_department,
        counts.people
    ) as people
from counts
cross join (
    values
    ('people'),
    ('ties'),
    ('density'),
    ('components'),
    ('largest_component_share'),
    ('transitivity'),
    ('mean_clustering'),
    ('department_modularity'),
    ('department_ei_index'),
    ('community_modularity'),
    ('community_count')
) as metrics (metric)
order by all;
