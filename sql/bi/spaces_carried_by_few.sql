-- Which channels and sites hang on few people? In the last week: which part of what is
-- written comes from the most active one, and how few would have to leave for half of
-- it to be gone, in bands.

-- :answer
select
    space_type,
    space_name,
    any_value(band) filter (where metric = 'top_contributor_share')
        as top_contributor_share,
    any_value(band) filter (where metric = 'absence_factor') as absence_factor,
    any_value(people) filter (where metric = 'top_contributor_share') as members
from bi.participation
where
    metric in ('top_contributor_share', 'absence_factor')
    and week_start = (
        select max(all_cells.week_start) from bi.participation as all_cells
    )
group by space_type, space_name
having count(band) > 0
order by top_contributor_share desc, space_type asc, space_name asc;
