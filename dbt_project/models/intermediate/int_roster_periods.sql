with

spans as (

    select * from {{ ref('int_roster_spans') }}

),

depths as (

    select * from {{ ref('int_reporting_depths') }}

),

lines as (

    select * from {{ ref('int_manager_lines') }}

),

{# A department made from reporting lines is everybody under one direct report of the
   top. #}
department_heads as (

    select
        depths.person_id,
        depths.valid_from,
        case
            when depths.reporting_depth = 1 then depths.person_id
            else lines.ancestor_id
        end as head_id
    from depths
    left join lines
        on
            depths.person_id = lines.person_id
            and depths.reporting_depth - 1 = lines.distance
            and lines.valid_from <= depths.valid_from
            and lines.valid_to >= depths.valid_to
    where depths.reporting_depth >= 1

),

periods as (

    select
        depths.person_id,
        depths.manager_id,
        case
            when not spans.derives_units then spans.team
            when depths.manager_id is not null
                then 'team-' || substr(md5(depths.manager_id::varchar), 1, 8)
        end as team,
        case
            when not spans.derives_units then spans.department
            when department_heads.head_id is not null
                then
                    'department-'
                    || substr(md5(department_heads.head_id::varchar), 1, 8)
        end as department,
        spans.discipline,
        spans.location,
        spans.work_mode,
        spans.job_level,
        depths.reporting_depth,
        depths.manages_somebody,
        spans.hired_on,
        spans.left_on,
        list_filter(
            [
                case when spans.has_overlapping_rows then 'overlapping_rows' end,
                case
                    when
                        spans.given_manager_id = spans.person_id
                        then 'manager_is_oneself'
                end,
                case when depths.has_dropped_manager then 'manager_dropped' end
            ],
            lambda finding: finding is not null
        ) as findings,
        depths.valid_from,
        depths.valid_to
    from depths
    inner join spans
        on
            depths.person_id = spans.person_id
            and spans.valid_from <= depths.valid_from
            and spans.valid_to >= depths.valid_to
    left join department_heads
        on
            depths.person_id = department_heads.person_id
            and depths.valid_from = department_heads.valid_from

),

{# Neighbouring periods that say the same are one. #}
numbered as (

    select
        *,
        md5(row(
            manager_id,
            team,
            department,
            discipline,
            location,
            work_mode,
            job_level,
            reporting_depth,
            manages_somebody,
            hired_on,
            left_on,
            findings
        )::varchar) as content
    from periods

),

islands as (

    select
        *,
        count_if(is_new) over (
            partition by person_id order by valid_from
            rows between unbounded preceding and current row
        ) as island
    from (
        select
            *,
            coalesce(
                content != lag(content) over people
                or valid_from != lag(valid_to) over people,
                true
            ) as is_new
        from numbered
        window people as (partition by person_id order by valid_from)
    )

),

roster_periods as (

    select
        person_id,
        any_value(manager_id) as manager_id,
        any_value(team) as team,
        any_value(department) as department,
        any_value(discipline) as discipline,
        any_value(location) as location,
        any_value(work_mode) as work_mode,
        any_value(job_level) as job_level,
        any_value(reporting_depth)::integer as reporting_depth,
        bool_or(manages_somebody) as manages_somebody,
        any_value(hired_on) as hired_on,
        any_value(left_on) as left_on,
        any_value(findings) as findings,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from islands
    group by person_id, island

)

select * from roster_periods
