with

network_sizes as (

    select
        week_start,
        sum(network_size) as network_size
    from {{ ref('fct_person_weeks') }}
    group by week_start

),

ties as (

    select
        week_start,
        count(*) as ties
    from {{ ref('fct_ties') }}
    group by week_start

)

select
    network_sizes.week_start,
    network_sizes.network_size,
    ties.ties
from network_sizes
left join ties
    on network_sizes.week_start = ties.week_start
where network_sizes.network_size != 2 * coalesce(ties.ties, 0)
