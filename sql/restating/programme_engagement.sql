-- :cells
create temp table cells_now as
select
    *,
    programme_name as scope,
    date '1970-01-01' as period_start,
    '' as segment_type,
    '' as segment_value
from candidate.bi.programme_engagement;

-- :people
-- What both people of a pair have is the pair's.
create temp table people_now as
with

pairs as (

    select
        programmes.programme_name,
        unnest([pairs.person_a_id, pairs.person_b_id]) as person_id,
        unnest([pairs.person_b_id, pairs.person_a_id]) as other_id,
        pairs.days_to_first_meeting,
        pairs.sessions_held,
        pairs.held_share,
        pairs.longest_gap_days,
        pairs.interactions_30_days,
        pairs.interactions_60_days,
        pairs.interactions_90_days,
        pairs.is_new_pair
    from warehouse.marts.fct_programme_engagement as pairs
    inner join warehouse.marts.dim_programmes as programmes
        on pairs.programme_id = programmes.programme_id

),

figures as (

    select
        programme_name,
        person_id,
        other_id,
        unnest([
            { 'metric': 'pairs', 'number': 1::double },
            {
                'metric': 'met_share',
                'number': (days_to_first_meeting is not null)::integer
            },
            {
                'metric': 'days_to_first_meeting',
                'number': days_to_first_meeting
            },
            { 'metric': 'sessions_held', 'number': sessions_held },
            { 'metric': 'held_share', 'number': held_share },
            { 'metric': 'longest_gap_days', 'number': longest_gap_days },
            { 'metric': 'interactions_30_days', 'number': interactions_30_days },
            { 'metric': 'interactions_60_days', 'number': interactions_60_days },
            { 'metric': 'interactions_90_days', 'number': interactions_90_days },
            { 'metric': 'is_new_pair', 'number': is_new_pair::integer }
        ]) as figure
    from pairs

),

numbers as (

    select
        programme_name,
        person_id,
        figure.metric,
        hash(list(figure.number order by other_id))::double as number
    from figures
    where figure.number is not null
    group by
        programme_name,
        person_id,
        figure.metric

)

select
    programme_name as scope,
    date '1970-01-01' as period_start,
    person_id,
    null::map (varchar, varchar) as segments,
    map(list(metric order by metric), list(number order by metric)) as numbers
from numbers
group by
    programme_name,
    person_id;
