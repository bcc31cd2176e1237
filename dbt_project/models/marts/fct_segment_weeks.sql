{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

members as (

    select * from {{ ref('int_segment_members') }}
    where {{ is_changed('week_start', 'windows') }}

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

departments_reached as (

    select * from {{ ref('int_departments_reached') }}
    where {{ is_changed('week_start', 'windows') }}

),

team_weeks as (

    select * from {{ ref('int_team_weeks') }}
    where {{ is_changed('week_start', 'windows') }}

),

member_weeks as (

    select
        members.segment_type,
        members.segment_value,
        person_weeks.*
    from members
    inner join person_weeks
        on
            members.person_id = person_weeks.person_id
            and members.week_start = person_weeks.week_start

),

ranked_by_reaching_out as (

    select
        segment_type,
        segment_value,
        week_start,
        reached_out,
        row_number() over (
            partition by segment_type, segment_value, week_start
            order by reached_out
        ) as position
    from member_weeks
    where is_measured

),

participation as (

    select
        segment_type,
        segment_value,
        week_start,
        2 * sum(position * reached_out) / nullif(count(*) * sum(reached_out), 0)
        - (count(*) + 1) / count(*) as participation_gini
    from ranked_by_reaching_out
    group by
        segment_type,
        segment_value,
        week_start

),

{# Reached by nobody is 0; without a known department of one's own there is nothing to
   differ from. #}
reached_together as (

    select
        members.segment_type,
        members.segment_value,
        members.week_start,
        count(distinct departments_reached.department) as departments_reached_together
    from members
    inner join departments_reached
        on
            members.person_id = departments_reached.person_id
            and members.week_start = departments_reached.week_start
    group by
        members.segment_type,
        members.segment_value,
        members.week_start

),

aggregated as (

    select
        segment_type,
        segment_value,
        week_start,
        count(*)::integer as people,
        count_if(is_measured)::integer as measured_people,
        count_if(is_full_window)::integer as full_window_people,
        count(tenure_weeks)::integer as tenure_known_people,
        {% for measure in segment_measures() -%}
        {% set counted = counts_in_measure(measure) -%}
        avg({{ exactly(measure) }}) filter ({{ counted }}) as mean_{{ measure }},
        median({{ measure }}) filter ({{ counted }}) as median_{{ measure }},
        count({{ measure }}) filter ({{ counted }})::integer as {{ measure }}_people,
        {% endfor -%}
        count_if(is_full_window and network_size <= 1)
        / nullif(count_if(is_full_window), 0) as isolated_share,
        count_if(is_full_window and not is_active)
        / nullif(count_if(is_full_window), 0) as silent_share,
        count_if(tenure_band = 'under_26_weeks')
        / nullif(count(tenure_weeks), 0) as newcomer_share,
        count_if(is_measured and department is not null) as measured_with_department
    from member_weeks
    group by
        segment_type,
        segment_value,
        week_start

),

facts as (

    select
        -- segment
        aggregated.segment_type,
        aggregated.segment_value,
        team_weeks.department as team_department,

        -- people
        aggregated.people,
        aggregated.measured_people,
        aggregated.full_window_people,
        aggregated.tenure_known_people,
        aggregated.lifting_interactions_people as lifting_people,

        -- means and medians over measured people with a value, and how many have one
        {% for measure in segment_measures() -%}
        aggregated.mean_{{ measure }}::double as mean_{{ measure }},
        aggregated.median_{{ measure }}::double as median_{{ measure }},
        aggregated.{{ measure }}_people,
        {% endfor %}
        -- shares
        aggregated.isolated_share,
        aggregated.silent_share,
        aggregated.newcomer_share,

        -- of the whole segment
        case
            when aggregated.measured_with_department > 0
                then coalesce(reached_together.departments_reached_together, 0)::integer
        end as departments_reached_together,
        participation.participation_gini,

        -- dates
        aggregated.week_start
    from aggregated
    left join team_weeks
        on
            aggregated.segment_type = 'team'
            and aggregated.segment_value = team_weeks.team
            and aggregated.week_start = team_weeks.week_start
    left join participation
        on
            aggregated.segment_type = participation.segment_type
            and aggregated.segment_value = participation.segment_value
            and aggregated.week_start = participation.week_start
    left join reached_together
        on
            aggregated.segment_type = reached_together.segment_type
            and aggregated.segment_value = reached_together.segment_value
            and aggregated.week_start = reached_together.week_start

)

select * from facts
