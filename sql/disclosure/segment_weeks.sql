-- What the audit of disclosure reads of segments, a week at a time. The marts say who
-- is in which segment and who counts in which figure; the candidate, what is shown.

-- :weeks
select distinct week_start from bi.segment_weeks
order by week_start;

-- :cells
select
    segment_type,
    segment_value,
    metric,
    statistic,
    people,
    is_withheld
from bi.segment_weeks
where week_start = $week_start
order by all;

-- :people
-- A field named like a metric says who counts in it (docs/metrics.md, 5 and 10), and
-- with what number.
select
    person_id,
    team,
    department,
    discipline,
    location,
    work_mode,
    tenure_band,
    'all' as organisation,
    {
        'people': true,
        'measured_people': is_measured,
        'departments_reached_together': is_measured,
        'participation_gini': is_measured,
        'isolated_share': is_full_window,
        'silent_share': is_full_window,
        'newcomer_share': tenure_weeks is not null,
        'network_size': is_measured and network_size is not null,
        'cross_team_contacts': is_measured and cross_team_contacts is not null,
        'cross_department_contacts':
        is_measured and cross_department_contacts is not null,
        'departments_reached': is_measured and departments_reached is not null,
        'cross_team_share': is_measured and cross_team_share is not null,
        'reciprocal_share': is_measured and reciprocal_share is not null,
        'lifting_interactions': is_measured
        and has_someone_above is true
        and lifting_interactions is not null,
        'lifting_contacts': is_measured
        and has_someone_above is true
        and lifting_contacts is not null,
        'lifting_beyond_manager': is_measured
        and has_someone_above is true
        and lifting_beyond_manager is not null,
        'coaching_given': is_measured and coaching_given is not null,
        'learning_minutes': is_measured and learning_minutes is not null,
        'diversity_coverage': is_measured and diversity_coverage is not null
    } as counts_in,
    {
        'network_size': network_size::double,
        'cross_team_contacts': cross_team_contacts::double,
        'cross_department_contacts': cross_department_contacts::double,
        'departments_reached': departments_reached::double,
        'cross_team_share': cross_team_share::double,
        'reciprocal_share': reciprocal_share::double,
        'lifting_interactions': lifting_interactions::double,
        'lifting_contacts': lifting_contacts::double,
        'lifting_beyond_manager': lifting_beyond_manager::double,
        'coaching_given': coaching_given::double,
        'learning_minutes': learning_minutes::double,
        'diversity_coverage': diversity_coverage::double
    } as numbers
from marts.fct_person_weeks
where week_start = $week_start
order by person_id;
