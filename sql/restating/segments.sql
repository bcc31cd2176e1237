-- Cells of segments that were stated before, and what is stated of them now. The tables
-- people_now, cells_now and exposed_cells are what the warehouse says; a table's own
-- file makes them. A period is a week or a month, a scope what has figures of its own
-- in it.

-- :before
create temp table people_before as
select * exclude (panel)
from before.people
where panel = $panel;

create temp table cells_before as
select * exclude (panel)
from before.cells
where panel = $panel;

-- :nothing_before
create temp table people_before as
select * exclude (panel)
from stated.people
limit 0;

create temp table cells_before as
select * exclude (panel)
from stated.cells
limit 0;

-- :differences
-- Whose numbers or segments are others than they were last, whoever is gone among them.
create temp table people_changed as
with

latest as (

    select *
    from people_before
    qualify
        row_number() over (
            partition by scope, period_start, person_id
            order by state desc
        ) = 1

),

periods as (

    select distinct
        scope,
        period_start
    from cells_before

)

select
    scope,
    period_start,
    person_id,
    now.segments,
    now.numbers
from people_now as now
full outer join latest using (scope, period_start, person_id)
inner join periods using (scope, period_start)
where
    now.numbers is distinct from latest.numbers
    or now.segments is distinct from latest.segments;

-- :figures
-- Of which nothing has been shown.
create temp table figures_anew as
select
    scope,
    period_start,
    metric
from cells_now
group by
    scope,
    period_start,
    metric
except
select
    scope,
    period_start,
    metric
from cells_before
where not is_withheld;

create temp table cells_restated (
    scope varchar,
    period_start date,
    segment_type varchar,
    segment_value varchar,
    metric varchar
);

-- :periods
select distinct
    changed.scope,
    changed.period_start
from people_changed as changed
where
    exists (
        select *
        from cells_now
        where
            cells_now.scope = changed.scope
            and cells_now.period_start = changed.period_start
    )
order by changed.scope, changed.period_start;

-- :cells_of_period
select
    metric,
    segment_type,
    segment_value,
    any_value(states) as states,
    bool_or(is_withheld) as is_withheld
from cells_before
where
    scope = $scope
    and period_start = $period_start
    and metric not in (
        select metric
        from figures_anew
        where
            scope = $scope
            and period_start = $period_start
    )
group by
    metric,
    segment_type,
    segment_value
order by
    metric,
    segment_type,
    segment_value;

-- :exposed_of_period
select
    metric,
    segment_type,
    segment_value
from exposed_cells
where
    scope = $scope
    and period_start = $period_start;

-- :people_of_period
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

-- :state
-- A figure that is not in the warehouse any more is remembered, and not published.
create temp table cells_stated as
select
    now.*,
    [$state::integer] as states,
    true as is_there
from cells_now as now
left join
    (
        select distinct
            scope,
            period_start
        from cells_before
    ) as periods
    using (scope, period_start)
left join figures_anew using (scope, period_start, metric)
where
    periods.scope is null
    or figures_anew.scope is not null
union all by name
select
    cells_before.* replace (
        if(restated.scope is null, cells_before.value, now.value) as value,
        if(restated.scope is null, cells_before.people, now.people) as people,
        if(
            restated.scope is null,
            cells_before.states,
            list_append(cells_before.states, $state::integer)
        ) as states
    ),
    figures.scope is not null as is_there
from cells_before
left join cells_restated as restated
    using (scope, period_start, segment_type, segment_value, metric)
left join cells_now as now
    using (scope, period_start, segment_type, segment_value, metric, statistic)
left join
    (
        select distinct
            scope,
            period_start,
            metric
        from cells_now
    ) as figures
    using (scope, period_start, metric)
left join figures_anew using (scope, period_start, metric)
where figures_anew.scope is null;

-- :remember
insert into stated.cells by name
select
    $panel as panel,
    * exclude (is_there)
from cells_stated;

-- Of a state on which no cell rests nothing is kept.
insert into stated.people by name
with

periods as (

    select distinct
        scope,
        period_start
    from cells_stated
    where list_contains(states, $state::integer)

),

periods_before as (

    select distinct
        scope,
        period_start
    from cells_before

)

select
    $panel as panel,
    *
from people_before
union all by name
select
    $panel as panel,
    $state::integer as state,
    changed.*
from people_changed as changed
inner join periods using (scope, period_start)
union all by name
select
    $panel as panel,
    $state::integer as state,
    now.*
from people_now as now
inner join periods using (scope, period_start)
anti join periods_before using (scope, period_start);

-- :forget
drop table people_now;
drop table cells_now;
drop table exposed_cells;
drop table people_before;
drop table cells_before;
drop table people_changed;
drop table figures_anew;
drop table cells_restated;
drop table cells_stated;
