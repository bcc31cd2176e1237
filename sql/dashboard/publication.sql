-- What every page of the dashboard says of the publication that it shows.

-- :release
select * from bi.release;

-- :definitions
select * from bi.metric_definitions
order by metric;
