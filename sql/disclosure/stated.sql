-- What the audit reads of what was stated before: the record beside a candidate, the
-- generation before it, and what the warehouse says now.

-- :unlike_the_record
select count(*)
from (
    select
        segment_type,
        segment_value,
        period_start as week_start,
        metric,
        statistic,
        value,
        people,
        is_withheld,
        shown_as
    from record.cells
    where panel = 'segment_weeks'
) as said
full outer join candidate.bi.segment_weeks as cells
    using (segment_type, segment_value, week_start, metric, statistic)
where
    cells.is_withheld is not null
    and (
        said.value is distinct from cells.value
        or said.people is distinct from cells.people
        or said.is_withheld is distinct from cells.is_withheld
        or said.shown_as is distinct from cells.shown_as
    );

-- :unlike_the_warehouse
select count(*)
from record.cells as cells
cross join record.about
left join warehouse.bi.segment_weeks as now
    on
        cells.segment_type = now.segment_type
        and cells.segment_value = now.segment_value
        and cells.period_start = now.week_start
        and cells.metric = now.metric
        and cells.statistic = now.statistic
where
    cells.panel = 'segment_weeks'
    and list_contains(cells.states, about.state)
    and (
        (cells.value is distinct from now.value and not cells.is_withheld)
        or (cells.people is distinct from now.people and not cells.is_withheld)
        or (cells.is_withheld is distinct from now.is_withheld and len(cells.states) = 1)
    );

-- :unlike_the_last
select count(*)
from record.cells as cells
cross join record.about
inner join last.bi.segment_weeks as before
    on
        cells.segment_type = before.segment_type
        and cells.segment_value = before.segment_value
        and cells.period_start = before.week_start
        and cells.metric = before.metric
        and cells.statistic = before.statistic
where
    cells.panel = 'segment_weeks'
    and not list_contains(cells.states, about.state)
    and (
        cells.value is distinct from before.value
        or cells.people is distinct from before.people
        or cells.is_withheld is distinct from before.is_withheld
    );

-- :shown_after_all
select count(*)
from record.cells as cells
inner join last.bi.segment_weeks as before
    on
        cells.segment_type = before.segment_type
        and cells.segment_value = before.segment_value
        and cells.period_start = before.week_start
        and cells.metric = before.metric
        and cells.statistic = before.statistic
inner join
    (
        select
            period_start,
            metric
        from record.cells
        where panel = 'segment_weeks'
        group by
            period_start,
            metric
        having min(states[1]) < (select state from record.about)
    ) as stated_before
    on
        cells.period_start = stated_before.period_start
        and cells.metric = stated_before.metric
where
    cells.panel = 'segment_weeks'
    and before.is_withheld
    and not cells.is_withheld;

-- :figures
select distinct
    panel,
    scope,
    period_start,
    metric
from cells
where states[1] < (select state from about);

-- :periods
select
    panel,
    scope,
    period_start
from record.cells
where states[1] < (select state from record.about)
group by
    panel,
    scope,
    period_start
order by
    panel,
    scope,
    period_start;

-- :cells
select
    metric,
    segment_type,
    segment_value,
    statistic,
    states,
    value,
    people,
    is_withheld
from record.cells
where
    panel = $panel
    and scope = $scope
    and period_start = $period_start
    and states[1] < (select state from record.about)
order by all;

-- :people
select
    state,
    person_id,
    segments,
    numbers
from record.people
where
    panel = $panel
    and scope = $scope
    and period_start = $period_start
order by
    state,
    person_id;
