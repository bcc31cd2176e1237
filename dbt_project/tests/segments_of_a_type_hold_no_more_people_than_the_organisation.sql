{# Everybody is in one segment of a type at most, in none where the value is unknown. #}
with

segment_weeks as (

    select * from {{ ref('fct_segment_weeks') }}

),

segment_types as (

    select
        segment_type,
        week_start,
        sum(people) as people,
        sum(measured_people) as measured_people,
        sum(lifting_people) as lifting_people
    from segment_weeks
    group by
        segment_type,
        week_start

)

select
    segment_types.segment_type,
    segment_types.week_start
from segment_types
left join segment_weeks as organisation
    on
        segment_types.week_start = organisation.week_start
        and organisation.segment_type = 'organisation'
where
    organisation.week_start is null
    or segment_types.people > organisation.people
    or segment_types.measured_people > organisation.measured_people
    or segment_types.lifting_people > organisation.lifting_people
