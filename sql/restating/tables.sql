-- Cells that were stated before, and what is stated of them now, one published table
-- after the other. The tables cells_now and people_now are what the warehouse says; the
-- file of the table makes them. Of cells, beside the columns that are published: scope,
-- what has figures of its own; period_start; segment_type and segment_value, '' in
-- tables of other cells; metric; statistic.

-- :people_before
create temp table people_before as
select * exclude (panel)
from before.people
where panel = $panel;

-- :nobody_before
create temp table people_before as
select * exclude (panel)
from stated.people
where false;

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

-- Of a period of which the warehouse says nobody, or nobody is asked for any more,
-- nothing is known.
periods as (

    select distinct
        scope,
        period_start
    from cells_before
    semi join people_now using (scope, period_start)

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

-- :state
-- A figure that is not in the warehouse any more is remembered, and not published. One
-- whose cells are of segments keeps those of its period.
create temp table cells_stated as
with

figures_before as (

    select distinct
        scope,
        period_start,
        metric
    from cells_before
    anti join figures_anew using (scope, period_start, metric)

),

figures_now as (

    select distinct
        scope,
        period_start,
        metric
    from cells_now

)

select
    now.*,
    [$state::integer] as states,
    true as is_there
from cells_now as now
anti join figures_before using (scope, period_start, metric)

union all by name

select
    now.*,
    list_append(before.states, $state::integer) as states,
    true as is_there
from cells_now as now
inner join cells_restated
    using (scope, period_start, segment_type, segment_value, metric)
inner join cells_before as before
    using (scope, period_start, segment_type, segment_value, metric, statistic)

union all by name

select
    before.*,
    figures_now.scope is not null as is_there
from cells_before as before
inner join figures_before using (scope, period_start, metric)
anti join cells_restated
    using (scope, period_start, segment_type, segment_value, metric)
left join figures_now using (scope, period_start, metric);

-- :remember
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

),

-- The table's own file asks for nobody of these any more: their cells stay for good.
periods_out_of_sight as (

    select distinct
        scope,
        period_start
    from cells_now
    anti join people_now using (scope, period_start)

)

select
    $panel as panel,
    people.*
from people_before as people
anti join periods_out_of_sight using (scope, period_start)
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

drop table people_before;

drop table cells_before;

drop table people_changed;

drop table figures_anew;

drop table cells_restated;

drop table cells_stated;
