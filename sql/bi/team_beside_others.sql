-- How large are a team's networks beside those of teams of its size? The last week: the
-- team, and the middle half of all teams that have between two thirds and one and a
-- half times as many people.

-- :answer
with

teams as (

    select
        segment_value as team,
        people,
        value as network_size
    from bi.segment_weeks
    where
        segment_type = 'team'
        and metric = 'network_size'
        and statistic = 'mean'
        and not is_withheld
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
    teams.people,
    teams.network_size,
    count(*) as comparable_teams,
    quantile_cont(others.network_size, 0.25) as lower_quartile,
    median(others.network_size) as median_team,
    quantile_cont(others.network_size, 0.75) as upper_quartile
from teams
inner join teams as others
    on
        others.people >= teams.people * 2 / 3
        and others.people <= teams.people * 3 / 2
        and teams.team != others.team
group by teams.team, teams.people, teams.network_size
order by teams.team;
