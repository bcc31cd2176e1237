{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# Everybody begins with a label of the own and takes the smallest among the contacts,
   until nobody's changes: people have one label who reach each other. #}
with recursive

nodes as (

    select * from {{ ref('int_network_nodes') }}
    where {{ is_changed('week_start', 'windows') }}

),

edges as (

    select * from {{ ref('int_network_edges') }}
    where {{ is_changed('week_start', 'windows') }}

),

contacts as (

    select
        week_start,
        lower_node as node,
        upper_node as contact_node
    from edges

    union all

    select
        week_start,
        upper_node as node,
        lower_node as contact_node
    from edges

),

labels(week_start, node, component) using key (week_start, node) as (

    select
        week_start,
        node,
        node as component
    from nodes

    union

    select
        contacts.week_start,
        contacts.contact_node as node,
        min(labels.component) as component
    from labels
    inner join contacts
        on
            labels.week_start = contacts.week_start
            and labels.node = contacts.node
    inner join recurring.labels as known
        on
            contacts.week_start = known.week_start
            and contacts.contact_node = known.node
    where labels.component < known.component
    group by
        contacts.week_start,
        contacts.contact_node

)

select
    nodes.person_id,
    labels.component,
    nodes.week_start
from nodes
inner join labels
    on
        nodes.week_start = labels.week_start
        and nodes.node = labels.node
