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
            as people,
        sum(value) as total,
        max(value, 2) as largest
    from pair_figures
    group by
        programme_id,
        metric,
        statistic

),

{# What one pair has it knows of itself. #}
judged as (

    select
        cells.*,
        cells.people < parameters.min_group_size
        or (
            cells.statistic = 'mean'
            and {{ is_nearly_one_number('cells.total', 'cells.largest') }}
        ) as is_withheld
    from cells
    cross join parameters

),

published as (

    select
        -- programme
        programmes.programme_name,
        programmes.programme_type,

        -- figure
        judged.metric,
        judged.statistic,
        case when not judged.is_withheld then judged.value end as value,
        case when not judged.is_withheld then judged.people end as people,
        judged.is_withheld
    from judged
    inner join programmes
        on judged.programme_id = programmes.programme_id

)

select * from published
