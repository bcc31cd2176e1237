-- Does the network hold together? Month by month: people, ties, how many are in its
-- largest connected part, how clustered it is, and how far its groups follow
-- departments. Ties are withheld where a few people have some and are in no mean.

-- :answer
select
    month_start,
    any_value(value) filter (where metric = 'people') as people,
    any_value(value) filter (where metric = 'ties') as ties,
    any_value(value) filter (where metric = 'components') as components,
    any_value(value) filter (where metric = 'largest_component_share')
        as largest_component_share,
    any_value(value) filter (where metric = 'mean_clustering') as mean_clustering,
    any_value(value) filter (where metric = 'department_modularity')
        as department_modularity,
    any_value(value) filter (where metric = 'community_modularity')
        as community_modularity
from bi.org_structure
group by month_start
order by month_start;
