-- What the audit of disclosure reads of the pairs of programmes.

-- :cells
select
    [programme_name]::varchar as cell,
    metric,
    people,
    0 as least_people,
    is_withheld
from bi.programme_engagement
order by all;

-- :people
-- A figure rests on both people of each pair that has it.
with

pairs as (

    select
        programmes.programme_name,
        pairs.person_a_id,
        pairs.person_b_id,
        1 as pairs,
        1 as met_share,
        pairs.days_to_first_meeting,
        pairs.sessions_held,
        ceil(pairs.held_share) as held_share,
        pairs.longest_gap_days,
        pairs.interactions_30_days,
        pairs.interactions_60_days,
        pairs.interactions_90_days,
        pairs.is_new_pair::integer as is_new_pair
    from marts.fct_programme_engagement as pairs
    inner join marts.dim_programmes as programmes
        on pairs.programme_id = programmes.programme_id

),

figures as (

    unpivot pairs
    on columns(* exclude (programme_name, person_a_id, person_b_id))
    into name metric value number

),

sides as (

    select
        programme_name,
        metric,
        unnest([person_a_id, person_b_id]) as person_id
    from figures

)

select
    [programme_name]::varchar as cell,
    metric,
    count(distinct person_id) as people
from sides
group by all
order by all;

-- :numbers
-- What each pair has of what is added up for a mean.
with

pairs as (

    select
        programmes.programme_name,
        row_number() over (
            order by pairs.programme_id, pairs.person_a_id, pairs.person_b_id
        ) as who,
        pairs.sessions_held::double as sessions_held,
        pairs.held_share::double as held_share,
        pairs.interactions_30_days::double as interactions_30_days,
        pairs.interactions_60_days::double as interactions_60_days,
        pairs.interactions_90_days::double as interactions_90_days
    from marts.fct_programme_engagement as pairs
    inner join marts.dim_programmes as programmes
        on pairs.programme_id = programmes.programme_id

),

figures as (

    unpivot pairs
    on columns(* exclude (programme_name, who))
    into name metric value number

)

select
    metric,
    [programme_name]::varchar as cell,
    who,
    number
from figures
order by all;
