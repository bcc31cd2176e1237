{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}
{# Each tie once, from the person of fewer ties to the one of more: who is tied to many
   has few others above, and so there are few pairs of ties to look at for a triangle. #}
with

nodes as (

    select
        *,
        row_number() over (partition by week_start order by degree, node) as place
    from {{ ref('int_network_nodes') }}
    where {{ is_changed('week_start', 'windows') }}

),

contacts as (

    select * from {{ ref('int_person_contacts') }}
    where {{ is_changed('week_start', 'windows') }}

),

edges as (

    select
        nodes.node as lower_node,
        others.node as upper_node,
        contacts.week_start
    from contacts
    inner join nodes
        on
            contacts.person_id = nodes.person_id
            and contacts.week_start = nodes.week_start
    inner join nodes as others
        on
            contacts.contact_id = others.person_id
            and contacts.week_start = others.week_start
    where nodes.place < others.place

)

select * from edges
