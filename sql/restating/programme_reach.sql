-- :cells
create temp table cells_now as
select
    *,
    programme_name as scope,
    month_start as period_start,
    '' as statistic
from candidate.bi.programme_reach;

-- :people
create temp table people_now as
select
    programme_name as scope,
    month_start as period_start,
    person_id,
    map_concat(segments, map(['organisation'], ['all'])) as segments,
    numbers
from warehouse.disclosure.programme_numbers
where (programme_name, month_start) in (select (scope, period_start) from cells_now);
