-- How good the data behind the numbers is. Grain: one row per source and week. The two
-- shares of interactions are of all sources together.

-- :declare
create table candidate.bi.data_quality (
    source_name varchar not null,
    week_start date not null,
    events bigint not null,
    persons_resolved integer,
    is_withheld boolean not null,
    unresolved_share double,
    quarantined_share double,
    ranked_interactions_share double,
    known_teams_interactions_share double,
    starts_in_mid_coverage boolean not null,
    ends_in_mid_coverage boolean not null,
    first_event_date date,
    last_event_date date,
    last_exported_on date
);

-- :publish
insert into candidate.bi.data_quality by name
select
    source_name,
    week_start,
    events,
    persons_resolved,
    is_withheld,
    unresolved_share,
    quarantined_share,
    ranked_interactions_share,
    known_teams_interactions_share,
    starts_in_mid_coverage,
    ends_in_mid_coverage,
    first_event_date,
    last_event_date,
    last_exported_on
from warehouse.bi.data_quality
order by source_name, week_start;

-- :sources
with

shares as (

    select
        source_name,
        events,
        unnest([
            unresolved_share,
            quarantined_share,
            ranked_interactions_share,
            known_teams_interactions_share
        ]) as share,
        is_withheld
        and (persons_resolved is not null or unresolved_share is not null) as tells
    from bi.data_quality

)

select
    source_name,
    min(events) as fewest_events,
    min(share) as lowest_share,
    max(share) as highest_share,
    count(*) filter (where tells) as withheld_rows_that_tell
from shares
group by source_name
order by source_name;
