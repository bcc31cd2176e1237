-- What is stated of segments and weeks, and on what it rests.

-- :people
create temp table people_now as
select
    '' as scope,
    week_start as period_start,
    person_id,
    map_concat(segments, map(['organisation'], ['all'])) as segments,
    numbers
from warehouse.disclosure.person_numbers;

-- :cells
create temp table cells_now as
select
    '' as scope,
    week_start as period_start,
    segment_type,
    segment_value,
    metric,
    statistic,
    value,
    people,
    is_withheld,
    shown_as
from candidate.bi.segment_weeks;

-- :exposed
create temp table exposed_cells as
select
    '' as scope,
    week_start as period_start,
    segment_type,
    segment_value,
    left(rests_on, len(rests_on) - len('_people')) as metric
from warehouse.disclosure.exposed_segment_cells;

-- :replace
delete from candidate.bi.segment_weeks;

insert into candidate.bi.segment_weeks by name
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
from cells_stated
where is_there
order by segment_type, segment_value, week_start, metric, statistic;
