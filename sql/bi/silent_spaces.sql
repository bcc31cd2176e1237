-- In which channels do most members never write? Means of the last four weeks, of
-- channels whose lists of members were exported.

-- :answer
with

recent_weeks as (

    select distinct week_start
    from bi.participation
    order by week_start desc
    limit 4

)

select
    cells.space_name,
    avg(cells.value) as silent_share,
    max(cells.people) as listed_members
from bi.participation as cells
inner join recent_weeks
    on cells.week_start = recent_weeks.week_start
where
    cells.metric = 'silent_share'
    and not cells.is_withheld
group by cells.space_name
order by silent_share desc, cells.space_name asc;
