with

changed_weeks as (

    select * from {{ ref('int_changed_weeks') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

window_offsets as (

    select unnest(range(tie_window_weeks)) * 7 as offset_days
    from parameters

),

windows as (

    select changed_weeks.week_start + window_offsets.offset_days::integer as week_start
    from changed_weeks
    cross join window_offsets
    group by changed_weeks.week_start + window_offsets.offset_days::integer

)

select week_start
from windows
