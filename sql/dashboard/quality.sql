-- What the sources delivered. (The rest of the page asks questions of sql/bi.)

-- :events
select
    week_start,
    source_name,
    events as value,
    persons_resolved as people,
    is_withheld
from bi.data_quality
order by week_start, source_name;
