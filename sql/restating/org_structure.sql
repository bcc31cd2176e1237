-- :cells
create temp table cells_now as
select
    *,
    '' as scope,
    week_start as period_start,
    '' as segment_type,
    '' as segment_value,
    '' as statistic
from candidate.bi.org_structure;

-- :people
-- Of the network as a whole everybody has his ties.
create temp table people_now as
with

ends as (

    select
        week_start,
        unnest([lower_node, upper_node]) as node,
        unnest([upper_node, lower_node]) as other
    from warehouse.intermediate.int_network_edges

),

ties as (

    select
        ends.week_start,
        nodes.person_id,
        sum(hash(others.person_id)) as number
    from ends
    inner join warehouse.intermediate.int_network_nodes as nodes
        on
            ends.week_start = nodes.week_start
            and ends.node = nodes.node
    inner join warehouse.intermediate.int_network_nodes as others
        on
            ends.week_start = others.week_start
            and ends.other = others.node
    group by
        ends.week_start,
        nodes.person_id

),

numbers as (

    select
        people.week_start,
        people.person_id,
        coalesce(ties.number, 0) as of_ties,
        hash(ties.number, person_weeks.department) as of_departments
    from warehouse.marts.fct_person_structure as people
    left join ties
        on
            people.week_start = ties.week_start
            and people.person_id = ties.person_id
    left join warehouse.marts.fct_person_weeks as person_weeks
        on
            people.week_start = person_weeks.week_start
            and people.person_id = person_weeks.person_id

)

select
    '' as scope,
    week_start as period_start,
    person_id,
    null::map (varchar, varchar) as segments,
    map(
        [
            'people',
            'ties',
            'density',
            'components',
            'largest_component_share',
            'transitivity',
            'mean_clustering',
            'community_modularity',
            'community_count',
            'department_modularity',
            'department_ei_index'
        ],
        [1] || list_resize([]::double[], 8, of_ties::double)
        || list_resize([]::double[], 2, of_departments::double)
    ) as numbers
from numbers;
