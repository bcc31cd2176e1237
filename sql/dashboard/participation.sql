-- How evenly people take part in spaces and teams, and whether questions find answers.

-- :spaces
select distinct space_name
from bi.participation
where space_type = $space_type
order by space_name;

-- :space_types
select distinct space_type
from bi.participation
order by space_type;

-- :metrics
select distinct metric
from bi.participation
where space_type = $space_type
order by metric;

-- :bands
select
    space_name,
    any_value(band) filter (metric = 'top_contributor_share') as top_contributor_share,
    any_value(band) filter (metric = 'absence_factor') as absence_factor,
    any_value(people) as people,
    bool_and(is_withheld) as is_withheld
from bi.participation
where
    metric in ('top_contributor_share', 'absence_factor')
    and space_type = $space_type
    and week_start = (
        select max(all_cells.week_start) from bi.participation as all_cells
        where all_cells.space_type = $space_type
    )
group by space_name
order by space_name;

-- :latest
select
    space_name,
    value,
    people,
    is_withheld
from bi.participation
where
    metric = $metric
    and space_type = $space_type
    and (value is not null or is_withheld)
    and week_start = (
        select max(all_cells.week_start) from bi.participation as all_cells
        where all_cells.space_type = $space_type and all_cells.metric = $metric
    )
order by value desc nulls last, space_name asc;

-- :trend
select
    week_start,
    value,
    people,
    is_withheld
from bi.participation
where
    metric = $metric
    and space_type = $space_type
    and space_name = $space_name
    and (value is not null or is_withheld)
order by week_start;
