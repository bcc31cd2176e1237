-- A made-up network as the models find it: its ties stand in `ends` (tail, head), its people are
-- numbered from 0.

-- :declare
attach ':memory:' as warehouse;

use warehouse;

create schema intermediate;

create schema marts;

-- :nodes
create table intermediate.int_network_nodes as
with

sides as (

    select tail as node from ends

    union all

    select head as node from ends

),

degrees as (

    select
        node,
        count(*) as degree
    from sides
    group by node

)

select
    people.node::bigint as person_id,
    people.node::integer as node,
    null::varchar as department,
    coalesce(degrees.degree, 0)::integer as degree,
    date '2026-03-23' as week_start
from range($people) as people (node)
left join degrees
    on people.node = degrees.node;

-- :edges
-- As int_network_edges has them: up from the person of fewer ties.
create table intermediate.int_network_edges as
with

places as (

    select
        node,
        week_start,
        row_number() over (order by degree, node) as place
    from intermediate.int_network_nodes

)

select
    case when tails.place < heads.place then ends.tail else ends.head end as lower_node,
    case when tails.place < heads.place then ends.head else ends.tail end as upper_node,
    tails.week_start
from ends
inner join places as tails
    on ends.tail = tails.node
inner join places as heads
    on ends.head = heads.node;

-- :centralities
create table intermediate.int_person_centralities as
select
    person_id,
    0::double as betweenness,
    0::double as pagerank,
    1 as community,
    false as is_estimated,
    week_start
from intermediate.int_network_nodes;

-- :figures
select
    burt_constraint,
    effective_size,
    clustering
from marts.fct_person_structure
order by person_id;
