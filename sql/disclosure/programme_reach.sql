-- What the audit of disclosure reads of whom programmes reach, a month at a time.

-- :months
select distinct month_start from bi.programme_reach
order by month_start;

-- :cells
select
    programme_name,
    segment_type,
    segment_value,
    metric,
    people,
    is_withheld
from bi.programme_reach
where month_start = $month_start
order by all;

-- :sizes_withheld
-- Of whom it is withheld, in a week of the month, how many people they are.
select
    week_start,
    segment_type,
    segment_value
from bi.segment_weeks
where
    date_trunc('month', week_start + 6) = $month_start
    and metric = 'people'
    and segment_type != 'organisation'
    and is_withheld
order by all;

-- :participants
-- Who takes part in which programme.
select distinct
    programmes.programme_name,
    enrolments.person_id
from intermediate.int_enrolments as enrolments
inner join marts.dim_programmes as programmes
    on enrolments.programme_id = programmes.programme_id
where
    enrolments.starts_on < $month_start::date + interval 1 month
    and (enrolments.ends_on is null or enrolments.ends_on >= $month_start)
order by all;

-- :people
-- Everybody measured in a week whose Sunday lies in the month, as he was in the last.
with

weeks as (

    select * from marts.fct_person_weeks
    where date_trunc('month', week_start + 6) = $month_start

),

lasts as (

    select
        person_id,
        max(week_start) as week_start
    from weeks
    group by person_id
    having bool_or(is_measured)

)

select
    weeks.person_id,
    weeks.team,
    weeks.department,
    weeks.discipline,
    weeks.location,
    weeks.work_mode,
    weeks.tenure_band,
    'all' as organisation
from weeks
inner join lasts
    on weeks.person_id = lasts.person_id and weeks.week_start = lasts.week_start
order by weeks.person_id;
