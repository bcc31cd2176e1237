-- How fast do newcomers come to know as many people as the others? By weeks since they
-- were hired, beside tenured people of the same weeks.

-- :answer
select
    weeks_since_hire,
    any_value(people) filter (where population = 'newcomers') as newcomers,
    any_value(value) filter (where population = 'newcomers') as newcomers_median,
    any_value(value) filter (where population = 'tenured') as tenured_median
from bi.newcomer_ramp
where metric = 'network_size' and statistic = 'median'
group by weeks_since_hire
order by weeks_since_hire;
