{# Long, as segment_weeks is: a figure rests on the people of those pairs that have it.
   Sums of decimals are exact: the order in which pairs are met may not decide the last
   digit. #}
with

pairs as (

    select * from {{ ref('fct_programme_engagement') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

pair_figures as (

    {% for metric, statistic, value in programme_engagement_figures() -%}
    select
        programme_id,
        person_a_id,
        person_b_id,
        '{{ metric }}' as metric,
        '{{ statistic }}' as statistic,
        ({{ value }})::decimal(38, 15) as value
    from pairs
    where {{ value }} is not null

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

cells as (

    select
        programme_id,
        metric,
        statistic,
        case statistic
            when 'count' then count(*)
            when 'median' then median(value)::double
            else avg(value)
        end as value,
        len(list_distinct(list(person_a_id) || list(person_b_id)))::integer
            as people
    from pair_figures
    group by
        programme_id,
        metric,
        statistic

),

published as (

    select
        -- programme
        programmes.programme_name,
        programmes.programme_type,

        -- figure
        cells.metric,
        cells.statistic,
        case when cells.people >= parameters.min_group_size then cells.value end
            as value,
        case when cells.people >= parameters.min_group_size then cells.people end
            as people,
        cells.people < parameters.min_group_size as is_withheld
    from cells
    inner join programmes
        on cells.programme_id = programmes.programme_id
    cross join parameters

)

select * from published
