-- Where is how much withheld, to protect small groups?

-- :answer
select
    segment_type,
    count(*) as cells,
    count(*) filter (where is_withheld) as withheld_cells
from bi.segment_weeks
group by segment_type
order by segment_type;
