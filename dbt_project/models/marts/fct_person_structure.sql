{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

nodes as (

    select * from {{ ref('int_network_nodes') }}
    where {{ is_changed('week_start', 'windows') }}

),

embeddedness as (

    select * from {{ ref('int_tie_embeddedness') }}
    where {{ is_changed('week_start', 'windows') }}

),

centralities as (

    select * from {{ ref('int_person_centralities') }}
    where {{ is_changed('week_start', 'windows') }}

),

embedded_contacts as (

    select
        week_start,
        lower_node as node,
        common_contacts,
        resource_allocation_index
    from embeddedness

    union all

    select
        week_start,
        upper_node as node,
        common_contacts,
        resource_allocation_index
    from embeddedness

),

{# Of an unweighted network p_ij is one in i's number of ties. What Burt sums over j,
   (p_ij + Σq p_iq p_qj)², is then (1 + the ties' resource allocation index)² over the
   square of that number. A tie between two contacts is met from both of them. #}
neighbourhoods as (

    select
        week_start,
        node,
        sum(common_contacts) as tied_contacts_twice,
        sum(((1 + resource_allocation_index::double) ** 2)::decimal(38, 15))::double
            as investments
    from embedded_contacts
    group by
        week_start,
        node

),

facts as (

    select
        -- ids
        nodes.person_id,

        -- numbers
        nodes.degree,
        neighbourhoods.investments / nodes.degree ** 2 as burt_constraint,
        nodes.degree - neighbourhoods.tied_contacts_twice / nodes.degree
            as effective_size,
        case
            when nodes.degree >= 2
                then
                    neighbourhoods.tied_contacts_twice
                    / (nodes.degree * (nodes.degree - 1))
        end as clustering,
        centralities.betweenness,
        centralities.pagerank,
        centralities.community,

        -- flags
        nodes.degree = 0 as is_isolate,
        centralities.is_estimated,

        -- dates
        nodes.week_start
    from nodes
    inner join centralities
        on
            nodes.person_id = centralities.person_id
            and nodes.week_start = centralities.week_start
    left join neighbourhoods
        on
            nodes.node = neighbourhoods.node
            and nodes.week_start = neighbourhoods.week_start

)

select * from facts
