-- What the audit reads of what was stated before. `said` is the record's table beside a
-- candidate, `said_before` that of the generation before it, `told` the candidate's and
-- `known` the warehouse's, one published table after the other.

-- :unlike_the_record
select count(*)
from (
    from told
    except
    select * exclude (states)
    from said_of_columns
);

-- :unlike_the_warehouse
select count(*)
from (
    select * exclude (states)
    from said_of_columns
    where list_contains(states, (select state from record.about))
    except
    from known
);

-- :unlike_the_last
select count(*)
from (
    from said
    where not list_contains(states, (select state from record.about))
    except
    from said_before
);

-- :shown_after_all
select count(*)
from said
inner join said_before as before
    using (scope, period_start, segment_type, segment_value, metric, statistic)
where
    said.states[1] < (select state from record.about)
    and before.is_withheld
    and not said.is_withheld;

-- :as_if_new
-- With other parameters nothing is compared.
with

figures as (

    select distinct
        scope,
        period_start,
        metric
    from said
    where states[1] = (select state from record.about)

),

shown_before as (

    select distinct
        scope,
        period_start,
        metric
    from said_before
    where not is_withheld

)

select count(*)
from figures
semi join shown_before using (scope, period_start, metric)
where
    (select parameters_fingerprint from record.about)
    = (select parameters_fingerprint from record_before.about);

-- :of_few
-- Of cells that are each looked at by itself: with how many people they changed.
with

cells as (

    select
        scope,
        period_start,
        metric,
        states[-2] as before,
        states[-1] as now
    from said
    where
        len(states) > 1
        and states[-1] = (select state from record.about)

),

had as (

    select
        cells.scope,
        cells.period_start,
        cells.metric,
        people.person_id,
        arg_max_null(people.numbers[cells.metric], people.state)
        filter (people.state <= cells.before) as before,
        arg_max_null(people.numbers[cells.metric], people.state) as now
    from cells
    left join record.people
        on
            people.panel = $panel
            and cells.scope = people.scope
            and cells.period_start = people.period_start
            and cells.now >= people.state
    group by
        cells.scope,
        cells.period_start,
        cells.metric,
        people.person_id

)

select count(*)
from (
    select
        scope,
        period_start,
        metric
    from had
    group by
        scope,
        period_start,
        metric
    having count(*) filter (before is distinct from now) < $least
);

-- :figures
select distinct
    scope,
    period_start,
    metric
from said
where states[1] < (select state from record.about);

-- :figures_of_now
select * exclude (states)
from said_of_columns
where states[1] = (select state from record.about);

-- :cells_told
select * from told;

-- :cells_of_now
-- As the warehouse has them, whenever that was stated.
from told
intersect
from known;

-- :waiting
-- Shown, and not as the warehouse has them.
select distinct
    week_start,
    metric,
    segment_type,
    segment_value
from (
    from told
    except
    from known
)
where not is_withheld;

-- :periods
select distinct
    scope,
    period_start
from said
where states[1] < (select state from record.about)
order by
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
from said
where
    scope = $scope
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

-- :matrices
-- Pairs of departments whose week was stated before, and is stated anew.
select
    said.metric,
    said.period_start,
    any_value(before.states[-1]) as before
from said
inner join said_before as before
    using (scope, period_start, metric)
where said.states[1] = (select state from record.about)
group by
    said.metric,
    said.period_start
order by
    said.metric,
    said.period_start;

-- :pairs
select
    segment_type,
    segment_value,
    bool_or(is_withheld) as is_withheld
from (
    from said
    union all by name
    from said_before
)
where
    metric = $metric
    and period_start = $period_start
group by
    segment_type,
    segment_value;

-- :changes
-- Who of the first department has something else with the second than before.
with

had as (

    select
        person_id,
        segments['department'] as department,
        state > $before as is_now,
        state,
        numbers
    from record.people
    where
        panel = 'unit_pair_weeks'
        and period_start = $period_start

),

before as (

    select
        person_id,
        arg_max_null(department, state) as department,
        arg_max_null(numbers, state) as numbers
    from had
    where not is_now
    group by person_id

),

now as (

    select
        person_id,
        arg_max_null(department, state) as department,
        arg_max_null(numbers, state) as numbers
    from had
    group by person_id

),

numbers as (

    select
        person_id,
        department,
        1 as sign,
        unnest(map_entries(numbers)) as number
    from before
    union all
    select
        person_id,
        department,
        2 as sign,
        unnest(map_entries(numbers)) as number
    from now

)

select
    department,
    replace(number.key, $figure || ' ', '') as other_department,
    person_id
from numbers
where
    starts_with(number.key, $figure || ' ')
    and number.value is not null
group by
    department,
    other_department,
    person_id
having
    sum(sign) < 3
    or count(distinct number.value) > 1;
