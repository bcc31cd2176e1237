-- How newcomers find their network, by whole weeks since they were hired, beside
-- tenured people of the same weeks.

-- :metrics
select distinct metric
from bi.newcomer_ramp
where statistic = 'median'
order by metric;

-- :ramp
select
    weeks_since_hire,
    population,
    value,
    people,
    is_withheld
from bi.newcomer_ramp
where
    metric = $metric
    and statistic = 'median'
    and (value is not null or is_withheld)
order by weeks_since_hire, population;
