-- What the histories of a period's segments are made of. Its cells are sums over people
-- who are in others too: which of them may be stated anew is decided together.

-- :periods
select distinct
    changed.scope,
    changed.period_start
from people_changed as changed
semi join cells_now using (scope, period_start)
order by
    changed.scope,
    changed.period_start;

-- :cells
-- What is withheld, be it that it was or that it would be, stays as it is.
select
    before.metric,
    before.segment_type,
    before.segment_value,
    any_value(before.states) as states,
    bool_and(not before.is_withheld and now.is_withheld is false) as may_change
from cells_before as before
anti join figures_anew using (scope, period_start, metric)
left join cells_now as now
    using (scope, period_start, segment_type, segment_value, metric, statistic)
where
    before.scope = $scope
    and before.period_start = $period_start
group by
    before.metric,
    before.segment_type,
    before.segment_value
order by
    before.metric,
    before.segment_type,
    before.segment_value;

-- :people
select
    state,
    person_id,
    segments,
    numbers
from people_before
where
    scope = $scope
    and period_start = $period_start
union all by name
select
    $state::integer as state,
    person_id,
    segments,
    numbers
from people_changed
where
    scope = $scope
    and period_start = $period_start
order by state, person_id;
