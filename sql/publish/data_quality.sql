-- How good the data behind the numbers is. Grain: one row per source and week.

-- :declare
create table candidate.bi.data_quality (
    source_name varchar not null,
    week_start date not null,
    first_event_date date,
    last_event_date date,
    events bigint not null,
    persons_resolved bigint,
    unresolved_share double,
    quarantined_share double,
    ranked_share double,
    known_units_share double,
    starts_in_mid_coverage boolean not null,
    ends_in_mid_coverage boolean not null
);

-- :publish
insert into candidate.bi.data_quality by name
select
    source_name,
    week_start,
    first_event_date,
    last_event_date,
    events,
    persons_resolved,
    unresolved_share,
    quarantined_share,
    ranked_share,
    known_units_share,
    starts_in_mid_coverage,
    ends_in_mid_coverage
from warehouse.bi.data_quality
order by source_name, week_start;

-- :sources
select
    source_name,
    count(*) as weeks,
    sum(events) as events,
    min(events) as fewest_events,
    min(least(unresolved_share, quarantined_share, ranked_share, known_units_share))
        as lowest_share,
    max(greatest(unresolved_share, quarantined_share, ranked_share, known_units_share))
        as highest_share
from bi.data_quality
group by source_name
order by source_name;
