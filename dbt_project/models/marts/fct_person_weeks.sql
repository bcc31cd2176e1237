{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

networks as (

    select * from {{ ref('int_person_networks') }}
    where {{ is_changed('week_start', 'windows') }}

),

external_networks as (

    select * from {{ ref('int_person_external_networks') }}
    where {{ is_changed('week_start', 'windows') }}

),

flows as (

    select * from {{ ref('int_person_flows') }}
    where {{ is_changed('week_start', 'windows') }}

),

givings as (

    select * from {{ ref('int_person_givings') }}
    where {{ is_changed('week_start', 'windows') }}

),

learning as (

    select * from {{ ref('int_person_learning') }}
    where {{ is_changed('week_start', 'windows') }}

),

standings as (

    select * from {{ ref('int_rank_standings') }}
    where {{ is_changed('week_start', 'windows') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

{# What is counted: 0 where nothing happened. #}
counted as (

    select
        person_weeks.*,
        standings.is_ranked,
        standings.has_someone_above,
        {% for count in [
            'network_size', 'reciprocal_contacts', 'cross_team_contacts',
            'cross_department_contacts', 'cross_discipline_contacts', 'contacts_with_team',
            'contacts_with_department', 'contacts_with_discipline', 'teams_reached',
            'departments_reached', 'disciplines_reached'
        ] -%}
        coalesce(networks.{{ count }}, 0)::integer as {{ count }},
        {% endfor -%}
        networks.department_blau,
        networks.department_shannon,
        case
            when parameters.has_declared_domains
                then coalesce(external_networks.external_network_size, 0)::integer
        end as external_network_size,
        {% for count in [
            'collaborators', 'interactions', 'reached_out', 'was_reached',
            'lifting_interactions', 'lifting_own_manager', 'lifting_skip_level',
            'lifting_other_upline', 'lifting_senior_unknown_team', 'lifting_senior_peer',
            'lifting_cross_team_senior', 'lifting_initiated', 'lifting_contacts',
            'coaching_given', 'same_rank_interactions', 'rank_unknown_interactions'
        ] -%}
        coalesce(flows.{{ count }}, 0)::integer as {{ count }},
        {% endfor -%}
        coalesce(flows.lifting_weight, 0)::double as lifting_weight,
        {% for count in [
            'answers_given', 'answers_received', 'reviews_given', 'reviews_received',
            'recognition_given', 'recognition_received', 'feedback_given',
            'feedback_received', 'given', 'received'
        ] -%}
        coalesce(givings.{{ count }}, 0)::integer as {{ count }},
        {% endfor -%}
        case
            when learning.person_id is null then 0
            else learning.learning_minutes
        end as learning_minutes,
        coalesce(learning.sessions_led, 0)::integer as sessions_led,
        coalesce(learning.sessions_attended, 0)::integer as sessions_attended
    from person_weeks
    cross join parameters
    inner join standings
        on
            person_weeks.person_id = standings.person_id
            and person_weeks.week_start = standings.week_start
    {% for source in [
        'networks', 'external_networks', 'flows', 'givings', 'learning'
    ] -%}
    left join {{ source }}
        on
            person_weeks.person_id = {{ source }}.person_id
            and person_weeks.week_start = {{ source }}.week_start
    {% endfor %}

),

{# Nobody who has no rank, and met nobody who compares, shows a 0 of lifting. #}
compared as (

    select
        *,
        is_ranked
        or lifting_interactions + coaching_given + same_rank_interactions > 0
            as is_compared
    from counted

),

facts as (

    select
        -- ids
        person_id,
        manager_id,

        -- units and rank, as of the row's date
        team,
        department,
        discipline,
        location,
        work_mode,
        tenure_band,
        job_level,
        reporting_depth,
        tenure_weeks,

        -- whom to count
        is_full_window,
        is_active,
        is_measured,
        is_ranked,
        has_someone_above,

        -- network size
        network_size,
        collaborators,
        interactions,
        external_network_size,
        reciprocal_contacts / nullif(network_size, 0) as reciprocal_share,

        -- network diversity
        case when team is not null then cross_team_contacts end as cross_team_contacts,
        case when department is not null then cross_department_contacts end
            as cross_department_contacts,
        case when discipline is not null then cross_discipline_contacts end
            as cross_discipline_contacts,
        case when team is not null then teams_reached end as teams_reached,
        case when department is not null then departments_reached end
            as departments_reached,
        case when discipline is not null then disciplines_reached end
            as disciplines_reached,
        case
            when team is not null
                then cross_team_contacts / nullif(contacts_with_team, 0)
        end as cross_team_share,
        case
            when department is not null
                then cross_department_contacts / nullif(contacts_with_department, 0)
        end as cross_department_share,
        case
            when discipline is not null
                then cross_discipline_contacts / nullif(contacts_with_discipline, 0)
        end as cross_discipline_share,
        case
            when department is not null
                then
                    (2 * cross_department_contacts - contacts_with_department)
                    / nullif(contacts_with_department, 0)
        end as department_ei_index,
        department_blau,
        department_shannon,
        case when team is not null then contacts_with_team / nullif(network_size, 0) end
            as diversity_coverage,

        -- lifting interactions
        {% for measure in [
            'lifting_interactions', 'lifting_own_manager', 'lifting_skip_level',
            'lifting_other_upline', 'lifting_senior_unknown_team', 'lifting_senior_peer',
            'lifting_cross_team_senior'
        ] -%}
        case when is_compared then {{ measure }} end as {{ measure }},
        {% endfor -%}
        case when is_compared then lifting_interactions - lifting_own_manager end
            as lifting_beyond_manager,
        {% for measure in [
            'lifting_initiated', 'lifting_contacts', 'lifting_weight', 'coaching_given'
        ] -%}
        case when is_compared then {{ measure }} end as {{ measure }},
        {% endfor -%}
        same_rank_interactions,
        rank_unknown_interactions,

        -- giving and receiving
        reached_out,
        was_reached,
        answers_given,
        answers_received,
        reviews_given,
        reviews_received,
        recognition_given,
        recognition_received,
        feedback_given,
        feedback_received,
        (given - received) / nullif(given + received, 0) as giving_balance,
        learning_minutes,
        sessions_led,
        sessions_attended,

        -- dates
        week_start
    from compared

)

select * from facts
