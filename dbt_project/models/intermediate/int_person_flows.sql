{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

pair_days as (

    select * from {{ ref('int_pair_days') }}
    where
        kind = 'person_person'
        and {{ is_changed('week_start', 'weeks') }}

),

{# Each pair day seen from both of its persons. #}
person_days as (

    select
        party_a_id as person_id,
        party_b_id as contact_id,
        interactions,
        a_to_b_interactions as reached_out,
        b_to_a_interactions as was_reached,
        case ranks_above
            when 'b' then 'above' when 'a' then 'below' else ranks_above
        end
            as contact_ranks,
        lifting_class,
        newman_weight,
        week_start
    from pair_days

    union all

    select
        party_b_id as person_id,
        party_a_id as contact_id,
        interactions,
        b_to_a_interactions as reached_out,
        a_to_b_interactions as was_reached,
        case ranks_above
            when 'a' then 'above' when 'b' then 'below' else ranks_above
        end
            as contact_ranks,
        lifting_class,
        newman_weight,
        week_start
    from pair_days

),

flows as (

    select
        person_id,
        count(distinct contact_id) as collaborators,
        sum(interactions) as interactions,
        sum(reached_out) as reached_out,
        sum(was_reached) as was_reached,
        sum(interactions) filter (contact_ranks = 'above') as lifting_interactions,
        {% for class in [
            'own_manager', 'skip_level', 'other_upline', 'senior_unknown_team', 'senior_peer',
            'cross_team_senior'
        ] -%}
        sum(interactions) filter (
            contact_ranks = 'above' and lifting_class = '{{ class }}'
        ) as lifting_{{ class }},
        {% endfor -%}
        sum(reached_out) filter (contact_ranks = 'above') as lifting_initiated,
        count(distinct contact_id) filter (contact_ranks = 'above') as lifting_contacts,
        sum(newman_weight) filter (contact_ranks = 'above') as lifting_weight,
        sum(interactions) filter (contact_ranks = 'below') as coaching_given,
        sum(interactions) filter (contact_ranks = 'neither') as same_rank_interactions,
        sum(interactions) filter (contact_ranks = 'unknown')
            as rank_unknown_interactions,
        week_start
    from person_days
    group by
        person_id,
        week_start

)

select * from flows
