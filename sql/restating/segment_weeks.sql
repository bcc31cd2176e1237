-- :cells
create temp table cells_now as
select
    *,
    '' as scope,
    week_start as period_start
from candidate.bi.segment_weeks;

-- :people
create temp table people_now as
select
    '' as scope,
    week_start as period_start,
    person_id,
    map_concat(segments, map(['organisation'], ['all'])) as segments,
    numbers
from warehouse.disclosure.person_numbers;
