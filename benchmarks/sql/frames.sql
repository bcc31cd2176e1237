-- What data frames begin with: the records, the people, the rules. And what must come out.

-- :records
select
    event_id,
    channel,
    source_party_id as source_id,
    target_party_id as target_id,
    occurred_at,
    minutes
from intermediate.int_interaction_records
where target_party_id is not null;

-- :people
select
    person_id,
    given_manager_id as manager_id,
    team,
    department,
    job_level,
    valid_from,
    valid_to
from intermediate.int_roster_spans;

-- :rules
select
    profiles.channel,
    profiles.max_participants::double as max_participants,
    profiles.max_minutes::double as max_minutes,
    profiles.counts_per = 'day' as is_per_day,
    channels.pairing = 'all_pairwise' as is_pairwise
from intermediate.interaction_profiles as profiles
inner join marts.dim_parameters as parameters
    on profiles.interaction_profile = parameters.interaction_profile
inner join intermediate.channels as channels
    on profiles.channel = channels.channel;

-- :parameters
select
    parameters.timezone,
    parameters.tie_window_weeks,
    parameters.tie_min_interactions,
    coverage.first_date,
    coverage.last_date
from marts.dim_parameters as parameters
cross join intermediate.int_coverage as coverage;

-- :months
select week_start
from marts.dim_weeks
where is_last_of_month and is_window_in_coverage
order by week_start;

-- :person_weeks
select
    person_id,
    week_start,
    is_measured,
    network_size,
    collaborators,
    interactions,
    reciprocal_share,
    cross_team_contacts,
    cross_department_contacts,
    teams_reached,
    departments_reached,
    cross_team_share,
    lifting_interactions,
    lifting_own_manager,
    lifting_beyond_manager,
    lifting_contacts,
    coaching_given,
    same_rank_interactions,
    reached_out,
    was_reached
from marts.fct_person_weeks
order by
    person_id,
    week_start;

-- :segment_weeks
select
    segment_type,
    segment_value,
    week_start,
    people,
    measured_people,
    mean_network_size,
    median_network_size,
    mean_cross_team_contacts,
    median_cross_team_contacts,
    mean_departments_reached,
    median_departments_reached
from marts.fct_segment_weeks
where segment_type in ('organisation', 'team', 'department')
order by
    segment_type,
    segment_value,
    week_start;

-- :structure
select
    person_id,
    week_start,
    burt_constraint,
    effective_size,
    clustering,
    betweenness,
    pagerank
from marts.fct_person_structure
order by
    person_id,
    week_start;
