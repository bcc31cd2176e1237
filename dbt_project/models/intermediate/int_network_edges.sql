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

{# On its own: all in one, DuckDB joins a week's nodes with each other first. #}
lower_ends as materialized (

    select
        nodes.node,
        nodes.place,
        contacts.contact_id,
        contacts.week_start
    from contacts
    inner join nodes
        on
            contacts.person_id = nodes.person_id
            and contacts.week_start = nodes.week_start

),

edges as (

    select
        lower_ends.node as lower_node,
        nodes.node as upper_node,
        lower_ends.week_start
    from lower_ends
    inner join nodes
        on
            lower_ends.contact_id = nodes.person_id
            and lower_ends.week_start = nodes.week_start
    where lower_ends.place < nodes.place

)

select * from edges
