with

org_structure as (

    select * from {{ ref('fct_org_structure') }}

),

weeks as (

    select * from {{ ref('dim_weeks') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

{# Who has ties and is in no mean: of a few, all ties less those of the mean of all
   people are theirs, and so are those outside of departments, or within. #}
others as (

    select
        week_start,
        [
            count(*),
            count_if(cross_department_contacts > 0),
            count_if(network_size > cross_department_contacts)
        ] as counts
    from {{ ref('fct_person_weeks') }}
    where
        not is_measured
        and network_size > 0
    group by week_start

),

{# A figure rests on all people, one of departments on those whose department is
   known. #}
cells as (

    {% for metric, people in org_structure_figures() -%}
    select
        '{{ metric }}' as metric,
        {{ metric }}::double as value,
        {{ people }} as people,
        week_start
    from org_structure

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

judged as (

    select
        cells.*,
        weeks.month_start,
        cells.people < parameters.min_group_size
        or (
            cells.metric in ('ties', 'density')
            and coalesce(
                len(list_filter(
                    others.counts,
                    lambda people: people between 1 and parameters.min_group_size - 1
                )) > 0,
                false
            )
        ) as is_withheld
    from cells
    inner join weeks
        on cells.week_start = weeks.week_start
    left join others
        on cells.week_start = others.week_start
    cross join parameters

),

{# A quotient to the last digit would say of how many ties it is one. #}
published as (

    select
        -- figure
        metric,
        case when not is_withheld then round(value, 3) end as value,
        case when not is_withheld then people end as people,
        is_withheld,

        -- dates
        month_start,
        week_start
    from judged

)

select * from published
