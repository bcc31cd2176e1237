-- Do people coach and teach more or less than before? The organisation, week by week:
-- interactions with people lower in rank, and minutes in mentoring and learning
-- sessions. Coaching is withheld where with lifting it would say what a few received
-- who are in no mean.

-- :answer
select
    week_start,
    any_value(value) filter (where metric = 'coaching_given') as coaching_given,
    any_value(value) filter (where metric = 'learning_minutes') as learning_minutes,
    any_value(people) filter (where metric = 'learning_minutes') as people
from bi.segment_weeks
where
    segment_type = 'organisation'
    and metric in ('coaching_given', 'learning_minutes')
    and statistic = 'mean'
group by week_start
order by week_start;
