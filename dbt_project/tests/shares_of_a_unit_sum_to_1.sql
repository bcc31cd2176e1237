select
    unit_type,
    from_unit,
    week_start,
    sum(share) as share
from {{ ref('fct_unit_pair_weeks') }}
group by
    unit_type,
    from_unit,
    week_start
having abs(sum(share) - 1) > 1e-9
