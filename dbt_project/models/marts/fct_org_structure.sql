{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

nodes as (

    select
        nodes.*,
        centralities.community
    from {{ ref('int_network_nodes') }} as nodes
    inner join {{ ref('int_person_centralities') }} as centralities
        on
            nodes.person_id = centralities.person_id
            and nodes.week_start = centralities.week_start
    where {{ is_changed('nodes.week_start', 'windows') }}

),

edges as (

    select * from {{ ref('int_network_edges') }}
    where {{ is_changed('week_start', 'windows') }}

),

people as (

    select * from {{ ref('fct_person_structure') }}
    where {{ is_changed('week_start', 'windows') }}

),

components as (

    select
        week_start,
        component,
        count(*) as people
    from {{ ref('int_network_components') }}
    where {{ is_changed('week_start', 'windows') }}
    group by
        week_start,
        component

),

closed_triads as (

    select
        week_start,
        sum(common_contacts) as triads
    from {{ ref('int_tie_embeddedness') }}
    where {{ is_changed('week_start', 'windows') }}
    group by week_start

),

known_departments as (

    select
        week_start,
        count(department)::integer as people
    from nodes
    group by week_start

),

component_counts as (

    select
        week_start,
        count(*) as components,
        max(people) as largest_component
    from components
    group by week_start

),

{# Every tie with its two people's groups, of each kind of group that both know. #}
grouped_ties as (

    {% for kind in ['department', 'community'] -%}
    select
        edges.week_start,
        '{{ kind }}' as kind,
        lower_nodes.{{ kind }}::varchar as lower_group,
        upper_nodes.{{ kind }}::varchar as upper_group
    from edges
    inner join nodes as lower_nodes
        on
            edges.week_start = lower_nodes.week_start
            and edges.lower_node = lower_nodes.node
    inner join nodes as upper_nodes
        on
            edges.week_start = upper_nodes.week_start
            and edges.upper_node = upper_nodes.node
    where
        lower_nodes.{{ kind }} is not null
        and upper_nodes.{{ kind }} is not null

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

ends as (

    select
        week_start,
        kind,
        lower_group as end_group,
        lower_group = upper_group as is_inside
    from grouped_ties

    union all

    select
        week_start,
        kind,
        upper_group as end_group,
        lower_group = upper_group as is_inside
    from grouped_ties

),

group_ends as (

    select
        week_start,
        kind,
        end_group,
        count(*) as ends,
        count_if(is_inside) as ends_inside
    from ends
    group by
        week_start,
        kind,
        end_group

),

{# Newman's modularity: ties inside groups, as a share of all, less what as many ends
   would meet by chance. From whole numbers until the last division. #}
modularities as (

    select
        week_start,
        kind,
        sum(ends_inside) / sum(ends)
        - sum(ends::hugeint * ends) / (sum(ends)::double * sum(ends)) as modularity,
        (sum(ends) - 2 * sum(ends_inside)) / sum(ends) as ei_index
    from group_ends
    group by
        week_start,
        kind

),

networks as (

    select
        week_start,
        count(*)::integer as people,
        (sum(degree) / 2)::integer as ties,
        sum(degree) / nullif(count(*) * (count(*) - 1), 0) as density,
        sum(degree::bigint * (degree - 1)) / 2 as triads,
        sum(coalesce(clustering, 0)::decimal(38, 15))::double / count(*)
            as mean_clustering,
        count(distinct community)::integer as community_count
    from people
    group by week_start

),

facts as (

    select
        -- numbers
        networks.people,
        known_departments.people as people_with_department,
        networks.ties,
        networks.density,
        component_counts.components::integer as components,
        component_counts.largest_component / networks.people
            as largest_component_share,
        coalesce(closed_triads.triads / nullif(networks.triads, 0), 0) as transitivity,
        networks.mean_clustering,
        by_department.modularity as department_modularity,
        by_department.ei_index as department_ei_index,
        by_community.modularity as community_modularity,
        networks.community_count,

        -- dates
        networks.week_start
    from networks
    inner join known_departments
        on networks.week_start = known_departments.week_start
    inner join component_counts
        on networks.week_start = component_counts.week_start
    left join closed_triads
        on networks.week_start = closed_triads.week_start
    left join modularities as by_department
        on
            networks.week_start = by_department.week_start
            and by_department.kind = 'department'
    left join modularities as by_community
        on
            networks.week_start = by_community.week_start
            and by_community.kind = 'community'

)

select * from facts
