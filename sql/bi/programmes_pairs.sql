-- Do the pairs of a programme meet, how soon and how often? Of programmes that bring
-- two people together.

-- :answer
select
    programme_name,
    programme_type,
    any_value(value) filter (where metric = 'pairs') as pairs,
    any_value(people) filter (where metric = 'pairs') as people,
    any_value(value) filter (where metric = 'met_share') as met_share,
    any_value(value) filter (where metric = 'days_to_first_meeting')
        as median_days_to_first_meeting,
    any_value(value) filter (where metric = 'sessions_held') as mean_sessions_held,
    any_value(value) filter (where metric = 'held_share') as mean_held_share
from bi.programme_engagement
group by programme_name, programme_type
order by programme_name;
