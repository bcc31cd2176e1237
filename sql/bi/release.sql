-- What is published here, from which weeks, and from how small a group on is it shown?

-- :answer
select
    release_id,
    built_at,
    coverage_from,
    coverage_to,
    weeks,
    people,
    events,
    min_group_size
from bi.release;
