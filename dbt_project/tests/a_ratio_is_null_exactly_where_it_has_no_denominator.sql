{#
    NULL is never shown as 0, nor 0 as NULL (docs/metrics.md, sections 3 and 11). What is
    counted is never NULL where it can be known; what always can be is not null by contract.
#}
select *
from {{ ref('fct_person_weeks') }}
where
    -- ratios over N
    (reciprocal_share is null) != (network_size = 0)
    or (diversity_coverage is null) != (network_size = 0 or team is null)
    or (cross_team_share is null)
    != (coalesce(diversity_coverage, 0) = 0)
    or (department_ei_index is null) != (cross_department_share is null)
    or (department_blau is null) != (department_shannon is null)
    or department is not null
    and (department_blau is null) != (cross_department_share is null)
    or network_size = 0
    and (
        department_blau is not null
        or cross_department_share is not null
        or cross_discipline_share is not null
    )

    -- what compares units, where one's own is known
    or (cross_team_contacts is null) != (team is null)
    or (teams_reached is null) != (team is null)
    or (cross_department_contacts is null) != (department is null)
    or (departments_reached is null) != (department is null)
    or (cross_discipline_contacts is null) != (discipline is null)
    or (disciplines_reached is null) != (discipline is null)

    -- all of lifting, or none
    or (lifting_interactions is null)
    != (
        not is_ranked
        and interactions = rank_unknown_interactions
    )
    or (lifting_own_manager is null) != (lifting_interactions is null)
    or (lifting_beyond_manager is null) != (lifting_interactions is null)
    or (lifting_initiated is null) != (lifting_interactions is null)
    or (lifting_contacts is null) != (lifting_interactions is null)
    or (lifting_weight is null) != (lifting_interactions is null)
    or (coaching_given is null) != (lifting_interactions is null)

    -- giving
    or (giving_balance is null)
    != (
        answers_given
        + answers_received
        + reviews_given
        + reviews_received
        + recognition_given
        + recognition_received
        + feedback_given
        + feedback_received = 0
    )

    -- learning
    or learning_minutes is null
    and sessions_led + sessions_attended = 0
