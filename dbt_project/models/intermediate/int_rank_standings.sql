{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

{#
    Whether somebody valid on the day of a person's weekly row ranks above that person,
    and whether anybody compares at all. Comparing everybody with everybody would take
    n² pairs a week. Counts by grade and by depth say the same; only the people on the
    person's own line, whom the line may rank otherwise, are looked at one by one.
#}
with

person_weeks as (

    select * from {{ ref('int_person_weeks') }}
    where {{ is_changed('week_start', 'weeks') }}

),

lines as (

    select * from {{ ref('int_manager_lines') }}

),

parameters as (

    select
        rank_bases,
        list_contains(rank_bases, 'grade') as has_grade,
        list_contains(rank_bases, 'depth') as has_depth,
        coalesce(
            list_position(rank_bases, 'grade') < list_position(rank_bases, 'depth'),
            false
        ) as is_grade_first
    from {{ ref('stg_tacit__parameters') }}

),

row_dates as (

    select distinct row_date
    from person_weeks

),

{# Everybody who is valid on such a day, as of that day. #}
people as (

    select
        row_dates.row_date,
        periods.person_id,
        periods.manages_somebody,
        case when parameters.has_grade then periods.job_level end as job_level,
        case when parameters.has_depth then periods.reporting_depth end
            as reporting_depth
    from row_dates
    inner join {{ ref('int_roster_periods') }} as periods
        on
            row_dates.row_date >= periods.valid_from
            and row_dates.row_date < periods.valid_to
    cross join parameters

),

grade_counts as (

    select
        row_date,
        job_level,
        count(reporting_depth) as with_depth,
        count(*) - count(reporting_depth) as without_depth
    from people
    where job_level is not null
    group by
        row_date,
        job_level

),

grades_above as (

    select
        row_date,
        job_level,
        coalesce(sum(with_depth) over higher, 0) as with_depth,
        coalesce(sum(without_depth) over higher, 0) as without_depth
    from grade_counts
    window higher as (
        partition by row_date order by job_level desc
        rows between unbounded preceding and 1 preceding
    )

),

depth_counts as (

    select
        row_date,
        reporting_depth,
        count_if(manages_somebody and job_level is not null) as with_grade,
        count_if(manages_somebody and job_level is null) as without_grade
    from people
    where reporting_depth is not null
    group by
        row_date,
        reporting_depth

),

depths_above as (

    select
        row_date,
        reporting_depth,
        coalesce(sum(with_grade) over smaller, 0) as with_grade,
        coalesce(sum(without_grade) over smaller, 0) as without_grade
    from depth_counts
    window smaller as (
        partition by row_date order by reporting_depth
        rows between unbounded preceding and 1 preceding
    )

),

group_sizes as (

    select
        row_date,
        count_if(job_level is not null and reporting_depth is not null) as with_both,
        count_if(job_level is not null and reporting_depth is null) as with_grade_only,
        count_if(job_level is null and reporting_depth is not null) as with_depth_only
    from people
    group by row_date

),

{# As if there were no lines. #}
counts as (

    select
        person_weeks.person_id,
        person_weeks.week_start,
        case
            when people.job_level is not null then grades_above.without_depth else 0
        end
        + case
            when
                people.job_level is not null
                and (people.reporting_depth is null or parameters.is_grade_first)
                then grades_above.with_depth
            else 0
        end
        + case
            when
                people.reporting_depth is not null
                then depths_above.without_grade
            else 0
        end
        + case
            when
                people.reporting_depth is not null
                and (people.job_level is null or not parameters.is_grade_first)
                then depths_above.with_grade
            else 0
        end as people_above,
        case
            when people.job_level is not null then group_sizes.with_grade_only else 0
        end
        + case
            when
                people.reporting_depth is not null
                then group_sizes.with_depth_only
            else 0
        end
        + case
            when people.job_level is not null or people.reporting_depth is not null
                then group_sizes.with_both - 1
            else 0
        end as people_compared
    from person_weeks
    inner join people
        on
            person_weeks.person_id = people.person_id
            and person_weeks.row_date = people.row_date
    inner join group_sizes
        on person_weeks.row_date = group_sizes.row_date
    left join grades_above
        on
            people.row_date = grades_above.row_date
            and people.job_level = grades_above.job_level
    left join depths_above
        on
            people.row_date = depths_above.row_date
            and people.reporting_depth = depths_above.reporting_depth
    cross join parameters

),

line_pairs as (

    select
        person_weeks.person_id,
        person_weeks.week_start,
        person_weeks.row_date,
        lines.ancestor_id as other_id,
        'other' as line_rank
    from person_weeks
    inner join lines
        on
            person_weeks.person_id = lines.person_id
            and person_weeks.row_date >= lines.valid_from
            and person_weeks.row_date < lines.valid_to

    union all

    select
        person_weeks.person_id,
        person_weeks.week_start,
        person_weeks.row_date,
        lines.person_id as other_id,
        'self' as line_rank
    from person_weeks
    inner join lines
        on
            person_weeks.person_id = lines.ancestor_id
            and person_weeks.row_date >= lines.valid_from
            and person_weeks.row_date < lines.valid_to

),

line_ranks as (

    select
        line_pairs.person_id,
        line_pairs.week_start,
        line_pairs.line_rank,
        {{ rank_by_grade('others', 'selves', 'other', 'self') }} as grade_rank,
        {{ rank_by_depth('others', 'selves', 'other', 'self') }} as depth_rank
    from line_pairs
    inner join people as selves
        on
            line_pairs.person_id = selves.person_id
            and line_pairs.row_date = selves.row_date
    inner join people as others
        on
            line_pairs.other_id = others.person_id
            and line_pairs.row_date = others.row_date

),

{# What the line changes: the rank with it less the rank without it. #}
line_corrections as (

    select
        person_id,
        week_start,
        sum(
            coalesce(rank_with_line = 'other', false)::integer
            - coalesce(rank_without_line = 'other', false)::integer
        ) as people_above,
        sum(
            (rank_with_line is not null)::integer
            - (rank_without_line is not null)::integer
        ) as people_compared
    from (
        select
            line_ranks.person_id,
            line_ranks.week_start,
            {{ first_rank_basis(
                'parameters.rank_bases', 'line_ranks.line_rank',
                'line_ranks.grade_rank', 'line_ranks.depth_rank'
            ) }} as rank_with_line,
            {{ first_rank_basis(
                'parameters.rank_bases', 'null',
                'line_ranks.grade_rank', 'line_ranks.depth_rank'
            ) }} as rank_without_line
        from line_ranks
        cross join parameters
    )
    group by
        person_id,
        week_start

),

on_a_line as (

    select distinct
        person_id,
        week_start
    from line_pairs

),

standings as (

    select
        person_weeks.person_id,
        person_weeks.week_start,
        on_a_line.person_id is not null
        or person_weeks.job_level is not null
        or person_weeks.reporting_depth is not null as is_ranked,
        case
            when
                counts.people_compared + coalesce(line_corrections.people_compared, 0)
                > 0
                then
                    counts.people_above + coalesce(line_corrections.people_above, 0) > 0
        end as has_someone_above
    from person_weeks
    inner join counts
        on
            person_weeks.person_id = counts.person_id
            and person_weeks.week_start = counts.week_start
    left join line_corrections
        on
            person_weeks.person_id = line_corrections.person_id
            and person_weeks.week_start = line_corrections.week_start
    left join on_a_line
        on
            person_weeks.person_id = on_a_line.person_id
            and person_weeks.week_start = on_a_line.week_start

)

select * from standings
