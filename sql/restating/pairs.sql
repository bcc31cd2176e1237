-- What would change of the matrix of a week's pairs that was stated before.

-- :figures
-- Matrices of which somebody has changed, and the state in which each was stated.
select
    before.metric,
    before.period_start,
    list_last(any_value(before.states)) as state
from cells_before as before
semi join people_changed using (scope, period_start)
semi join cells_now using (scope, period_start, metric)
anti join figures_anew using (scope, period_start, metric)
group by
    before.metric,
    before.period_start
order by
    before.metric,
    before.period_start;

-- :changes
-- With whom of the first department something has changed, by pair.
with

people as (

    select
        person_id,
        segments,
        numbers,
        state = 0 as is_now
    from (
        select
            state,
            person_id,
            segments,
            numbers
        from people_before
        where
            period_start = $period_start
            and state <= $state
        qualify
            row_number() over (
                partition by person_id
                order by state desc
            ) = 1
        union all by name
        select
            0 as state,
            person_id,
            segments,
            numbers
        from people_now
        where period_start = $period_start
    )

),

entries as (

    select
        person_id,
        is_now,
        segments['department'] as department,
        unnest(map_entries(numbers)) as has
    from people

),

numbers as (

    select
        person_id,
        is_now,
        department,
        has.key[len($figure) + 2:] as other_department,
        has.value as number
    from entries
    where
        starts_with(has.key, $figure || ' ')
        and has.value is not null

)

select
    department,
    other_department,
    list(distinct person_id) as people
from (
    select
        person_id,
        department,
        other_department
    from numbers
    group by
        person_id,
        department,
        other_department
    having
        count(*) < 2
        or min(number) != max(number)
)
group by
    department,
    other_department
order by
    department,
    other_department;

-- :withheld
-- Pairs that were or would be withheld.
select
    segment_type,
    segment_value
from cells_before
where
    metric = $metric
    and period_start = $period_start
    and is_withheld
union
select
    segment_type,
    segment_value
from cells_now
where
    metric = $metric
    and period_start = $period_start
    and is_withheld;

-- :shown_after_all
-- Pairs that were withheld and would not be any more.
select count(*)
from cells_before as before
inner join cells_now as now
    using (scope, period_start, metric, segment_type, segment_value)
where
    before.metric = $metric
    and before.period_start = $period_start
    and before.is_withheld
    and not now.is_withheld;

-- :state_anew
-- The matrix as a whole: pairs come and go.
insert into figures_anew values ('', $period_start, $metric);
