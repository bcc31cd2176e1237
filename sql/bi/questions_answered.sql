-- Are questions answered, and how soon? By space and month, where enough people take
-- part: which part of the questions, and after how many hours at the median.

-- :answer
select
    space_type,
    space_name,
    date_trunc('month', week_start)::date as month_start,
    sum(value) filter (where metric = 'questions') as questions,
    avg(value) filter (where metric = 'answered_share') as answered_share,
    median(value) filter (where metric = 'median_hours_to_first_reply')
        as hours_to_first_reply
from bi.participation
where
    metric in ('questions', 'answered_share', 'median_hours_to_first_reply')
    and not is_withheld
group by space_type, space_name, date_trunc('month', week_start)::date
order by space_type, space_name, month_start;
