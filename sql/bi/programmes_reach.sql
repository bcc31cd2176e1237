-- Whom do programmes reach? In the last month, the share of those who could take part
-- who do, in the organisation and by department.

-- :answer
select
    programme_name,
    programme_type,
    segment_type,
    segment_value,
    value as reach,
    people as eligible,
    is_withheld
from bi.programme_reach
where
    metric = 'programme_share'
    and segment_type in ('organisation', 'department')
    and month_start = (
        select max(all_cells.month_start) from bi.programme_reach as all_cells
    )
order by programme_name asc, segment_type desc, segment_value asc;
