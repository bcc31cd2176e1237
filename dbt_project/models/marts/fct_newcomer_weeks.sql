with

newcomer_weeks as (

    select * from {{ ref('fct_newcomer_person_weeks') }}
    where
        is_pooled
        and weeks_since_hire < 26

),

person_weeks as (

    select * from {{ ref('fct_person_weeks') }}
    where
        is_measured
        and tenure_weeks >= 26

),

newcomer_contacts as (

    select * from {{ ref('int_newcomer_contacts') }}

),

tenured_weeks as (

    select
        person_weeks.person_id,
        person_weeks.network_size,
        person_weeks.cross_team_contacts,
        case
            when person_weeks.has_someone_above then person_weeks.lifting_beyond_manager
        end as lifting_beyond_manager,
        coalesce(newcomer_contacts.newcomer_contacts, 0) as newcomer_contacts,
        person_weeks.week_start
    from person_weeks
    left join newcomer_contacts
        on
            person_weeks.person_id = newcomer_contacts.person_id
            and person_weeks.week_start = newcomer_contacts.week_start

),

newcomers as (

    select
        weeks_since_hire,
        {% for measure in newcomer_measures() -%}
        avg({{ measure }}) as mean_{{ measure }},
        median({{ measure }}) as median_{{ measure }},
        count({{ measure }})::integer as {{ measure }}_people,
        {% endfor -%}
        count(*)::integer as newcomers,
        bool_or(is_short_window) as has_short_windows
    from newcomer_weeks
    group by weeks_since_hire

),

{# Each calendar week once, however many newcomers it has. #}
calendar_weeks as (

    select distinct
        weeks_since_hire,
        week_start
    from newcomer_weeks

),

tenured as (

    select
        calendar_weeks.weeks_since_hire,
        {% for measure in newcomer_measures() -%}
        median(tenured_weeks.{{ measure }}) as tenured_median_{{ measure }},
        count(distinct tenured_weeks.person_id) filter (
            tenured_weeks.{{ measure }} is not null
        )::integer as tenured_{{ measure }}_people,
        {% endfor -%}
        count(distinct tenured_weeks.person_id)::integer as tenured_people
    from calendar_weeks
    inner join tenured_weeks
        on calendar_weeks.week_start = tenured_weeks.week_start
    group by calendar_weeks.weeks_since_hire

),

facts as (

    select
        -- numbers
        newcomers.weeks_since_hire,
        newcomers.newcomers,
        coalesce(tenured.tenured_people, 0) as tenured_people,
        {% for measure in newcomer_measures() -%}
        newcomers.mean_{{ measure }},
        newcomers.median_{{ measure }},
        newcomers.{{ measure }}_people,
        tenured.tenured_median_{{ measure }},
        coalesce(tenured.tenured_{{ measure }}_people, 0)
            as tenured_{{ measure }}_people,
        {% endfor %}

        -- flags
        newcomers.has_short_windows
    from newcomers
    left join tenured
        on newcomers.weeks_since_hire = tenured.weeks_since_hire

)

select * from facts
