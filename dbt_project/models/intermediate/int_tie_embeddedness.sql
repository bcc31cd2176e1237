{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

nodes as (

    select * from {{ ref('int_network_nodes') }}
    where {{ is_changed('week_start', 'windows') }}

),

edges as (

    select * from {{ ref('int_network_edges') }}
    where {{ is_changed('week_start', 'windows') }}

),

{# Every triangle once: two ties that go up from one person, and the tie that closes
   them, which may point either way. #}
wedges as (

    select
        one.week_start,
        one.lower_node as lowest_node,
        least(one.upper_node, other.upper_node) as left_node,
        greatest(one.upper_node, other.upper_node) as right_node
    from edges as one
    inner join edges as other
        on
            one.week_start = other.week_start
            and one.lower_node = other.lower_node
            and one.upper_node < other.upper_node

),

triangles as (

    select wedges.*
    from wedges
    semi join edges as closing
        on
            wedges.week_start = closing.week_start
            and wedges.left_node = least(closing.lower_node, closing.upper_node)
            and wedges.right_node = greatest(closing.lower_node, closing.upper_node)

),

common_contacts as (

    select
        week_start,
        left_node as node_a,
        right_node as node_b,
        lowest_node as contact_node
    from triangles

    union all

    select
        week_start,
        least(lowest_node, left_node) as node_a,
        greatest(lowest_node, left_node) as node_b,
        right_node as contact_node
    from triangles

    union all

    select
        week_start,
        least(lowest_node, right_node) as node_a,
        greatest(lowest_node, right_node) as node_b,
        left_node as contact_node
    from triangles

),

{# Summed as decimals: the order of a sum costs no digit. #}
embeddedness as (

    select
        common_contacts.week_start,
        common_contacts.node_a,
        common_contacts.node_b,
        count(*)::integer as common_contacts,
        sum((1.0::double / nodes.degree)::decimal(18, 17))
            as resource_allocation_index
    from common_contacts
    inner join nodes
        on
            common_contacts.week_start = nodes.week_start
            and common_contacts.contact_node = nodes.node
    group by
        common_contacts.week_start,
        common_contacts.node_a,
        common_contacts.node_b

)

select
    edges.lower_node,
    edges.upper_node,
    coalesce(embeddedness.common_contacts, 0) as common_contacts,
    coalesce(embeddedness.resource_allocation_index, 0) as resource_allocation_index,
    edges.week_start
from edges
left join embeddedness
    on
        edges.week_start = embeddedness.week_start
        and least(edges.lower_node, edges.upper_node) = embeddedness.node_a
        and greatest(edges.lower_node, edges.upper_node) = embeddedness.node_b
