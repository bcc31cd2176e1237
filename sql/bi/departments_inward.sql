-- How inward is each department? Of the contacts of its people in the last week, those
-- in other departments less all others, as a part of both (Krackhardt's E-I index: 1 is
-- all outside, -1 all inside). Whose department is not known counts as inside.

-- :answer
with

means as (

    select
        segment_value as department,
        max(people) as people,
        max(value) filter (where metric = 'network_size') as contacts,
        max(value) filter (where metric = 'cross_department_contacts') as outside,
        bool_or(is_withheld) as is_withheld
    from bi.segment_weeks
    where
        segment_type = 'department'
        and metric in ('network_size', 'cross_department_contacts')
        and statistic = 'mean'
        and week_start = (
            select max(all_cells.week_start) from bi.segment_weeks as all_cells
        )
    group by segment_value

)

select
    department,
    (2 * outside - contacts) / nullif(contacts, 0) as ei_index,
    case when not is_withheld then people end as people,
    is_withheld
from means
order by ei_index nulls last, department;
