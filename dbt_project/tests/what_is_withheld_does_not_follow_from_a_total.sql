{#
    Of each measure, week and segment type: what is not shown, people of unknown value too, is
    nobody, or at least two cells with at least min_group_size people (docs/metrics.md, section
    10). Else it would follow from the organisation's total.
#}
with

figures as (

    {% for metric, statistic, column, people in segment_figures() -%}
    select
        segment_type,
        segment_value,
        week_start,
        '{{ metric }}' as metric,
        '{{ statistic }}' as statistic,
        {{ people }} as people
    from {{ ref('fct_segment_weeks') }}

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

organisation as (

    select
        figures.week_start,
        figures.metric,
        figures.statistic,
        figures.people
    from figures
    inner join {{ ref('segment_weeks') }} as shown
        on
            figures.segment_type = shown.segment_type
            and figures.segment_value = shown.segment_value
            and figures.week_start = shown.week_start
            and figures.metric = shown.metric
            and figures.statistic = shown.statistic
    where
        figures.segment_type = 'organisation'
        and not shown.is_withheld

),

types as (

    select
        figures.segment_type,
        figures.week_start,
        figures.metric,
        figures.statistic,
        count_if(not shown.is_withheld) as shown_cells,
        count_if(shown.is_withheld and figures.people > 0) as hidden_cells,
        coalesce(sum(figures.people) filter (shown.is_withheld), 0) as hidden_people,
        sum(figures.people) as people
    from figures
    inner join {{ ref('segment_weeks') }} as shown
        on
            figures.segment_type = shown.segment_type
            and figures.segment_value = shown.segment_value
            and figures.week_start = shown.week_start
            and figures.metric = shown.metric
            and figures.statistic = shown.statistic
    where figures.segment_type != 'organisation'
    group by
        figures.segment_type,
        figures.week_start,
        figures.metric,
        figures.statistic

),

revealing_types as (

    select
        types.*,
        organisation.people - types.people as unknown_people
    from types
    inner join organisation
        on
            types.week_start = organisation.week_start
            and types.metric = organisation.metric
            and types.statistic = organisation.statistic
    cross join {{ ref('dim_parameters') }} as parameters
    where
        types.shown_cells > 0
        and types.hidden_people + organisation.people - types.people > 0
        and (
            types.hidden_cells + (organisation.people > types.people)::integer < 2
            or types.hidden_people
            + organisation.people
            - types.people < parameters.min_group_size
        )

)

select * from revealing_types
