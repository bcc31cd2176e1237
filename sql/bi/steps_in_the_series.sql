-- Which sources start or end within the weeks that are published? All series step
-- there, for no other reason.

-- :answer
select
    source_name,
    bool_or(starts_in_mid_coverage) as starts_in_mid_coverage,
    bool_or(ends_in_mid_coverage) as ends_in_mid_coverage,
    min(first_event_date) as first_event_date,
    max(last_event_date) as last_event_date
from bi.data_quality
group by source_name
having bool_or(starts_in_mid_coverage or ends_in_mid_coverage)
order by source_name;
