-- How much is withheld to protect small groups, and where?

-- :answer
select
    segment_type,
    count(*) as cells,
    count(*) filter (where is_withheld) as withheld
from bi.segment_weeks
group by segment_type
order by segment_type;
