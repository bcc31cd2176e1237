-- Which departments hardly meet the others? Over the last four weeks: with how many
-- people of other departments somebody works, and which share of the interactions stays
-- inside.

-- :answer
with

recent_weeks as (

    select distinct week_start
    from bi.segment_weeks
    order by week_start desc
    limit 4

),

contacts as (

    select
        cells.segment_value as department,
        avg(cells.value) as cross_department_contacts,
        max(cells.people) as people
    from bi.segment_weeks as cells
    inner join recent_weeks
        on cells.week_start = recent_weeks.week_start
    where
        cells.segment_type = 'department'
        and cells.metric = 'cross_department_contacts'
        and cells.statistic = 'mean'
    group by cells.segment_value

),

inside as (

    select
        cells.from_department as department,
        avg(cells.value) as inside_share
    from bi.unit_pair_weeks as cells
    inner join recent_weeks
        on cells.week_start = recent_weeks.week_start
    where
        cells.from_department = cells.to_department
        and cells.metric = 'share'
    group by cells.from_department

)

select
    contacts.department,
    contacts.people,
    contacts.cross_department_contacts,
    inside.inside_share,
    median(contacts.cross_department_contacts) over () as median_department_contacts
from contacts
left join inside
    on contacts.department = inside.department
order by contacts.cross_department_contacts nulls last, contacts.department;
