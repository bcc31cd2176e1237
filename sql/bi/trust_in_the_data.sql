-- How far is the data to be trusted? Each source over the last four weeks: its events,
-- whom it does not recognise, what could not be read.

-- :answer
with

recent_weeks as (

    select distinct week_start
    from bi.data_quality
    order by week_start desc
    limit 4

)

select
    quality.source_name,
    sum(quality.events) as events,
    avg(quality.unresolved_share) as unresolved_share,
    avg(quality.quarantined_share) as quarantined_share,
    avg(quality.known_teams_interactions_share) as known_teams_interactions_share,
    avg(quality.ranked_interactions_share) as ranked_interactions_share,
    min(quality.persons_resolved) as people,
    max(quality.last_event_date) as last_event_date,
    max(quality.last_exported_on) as last_exported_on,
    bool_or(quality.is_withheld) as is_withheld
from bi.data_quality as quality
inner join recent_weeks
    on quality.week_start = recent_weeks.week_start
group by quality.source_name
order by quality.source_name;
