-- Cells that have nobody's number in common with others: each is stated anew if enough
-- people have changed with it since it was stated, whoever has left it among them.

-- :decide
insert into cells_restated
with

cells as (

    select
        scope,
        period_start,
        metric,
        list_last(states) as state
    from cells_before
    anti join figures_anew using (scope, period_start, metric)
    semi join people_changed using (scope, period_start)
    semi join cells_now using (scope, period_start, metric)

),

before as (

    select
        cells.scope,
        cells.period_start,
        cells.metric,
        people.person_id,
        arg_max_null(people.numbers[cells.metric], people.state) as number
    from cells
    inner join people_before as people
        on
            cells.scope = people.scope
            and cells.period_start = people.period_start
            and cells.state >= people.state
    group by
        cells.scope,
        cells.period_start,
        cells.metric,
        people.person_id

),

now as (

    select
        cells.scope,
        cells.period_start,
        cells.metric,
        people.person_id,
        people.numbers[cells.metric] as number
    from cells
    inner join people_now as people
        on
            cells.scope = people.scope
            and cells.period_start = people.period_start

)

select
    scope,
    period_start,
    '' as segment_type,
    '' as segment_value,
    metric
from before
full outer join now using (scope, period_start, metric, person_id)
where before.number is distinct from now.number
group by
    scope,
    period_start,
    metric
having count(*) >= $least;
