-- Teams beside teams of their size: comparable are those with between two thirds and
-- one and a half times as many people.

-- :teams
select distinct segment_value as team
from bi.segment_weeks
where segment_type = 'team' and value is not null
order by team;

-- :beside
with

teams as (

    select
        segment_value as team,
        value,
        people,
        is_withheld
    from bi.segment_weeks
    where
        segment_type = 'team'
        and metric = $metric
        and statistic = 'mean'
        and (value is not null or is_withheld)
        and week_start = (
            select max(all_cells.week_start) from bi.segment_weeks as all_cells
            where
                all_cells.segment_type = 'organisation'
                and all_cells.metric = 'network_size'
                and all_cells.value is not null
        )

)

select
    teams.team,
    any_value(teams.value) as value,
    quantile_cont(others.value, 0.25) as lower_quartile,
    median(others.value) as median_team,
    quantile_cont(others.value, 0.75) as upper_quartile,
    count(others.value) as comparable_teams,
    any_value(teams.people) as people,
    any_value(teams.is_withheld) as is_withheld
from teams
left join teams as others
    on
        others.people >= teams.people * 2 / 3
        and others.people <= teams.people * 3 / 2
        and teams.team != others.team
group by teams.team
order by teams.team;

-- :trend
select
    week_start,
    case segment_type
        when 'organisation' then 'organisation' else segment_value
    end as who,
    value,
    people,
    is_withheld
from bi.segment_weeks
where
    (segment_type, segment_value) in (('team', $team), ('organisation', 'all'))
    and metric = $metric
    and statistic = 'mean'
    and (value is not null or is_withheld)
order by week_start, who;
