{# A space without a public name is nobody's business: it stays in the warehouse. So do
   a team's sums: its people have them in spaces, of which the sums are published. #}
with

participation as (

    select * from {{ ref('fct_participation') }}
    where space_name is not null

),

exposed_space_cells as (

    select * from {{ ref('exposed_space_cells') }}

),

{# A team's members are the people of the segment. #}
withheld_teams as (

    select * from {{ ref('withheld_segment_cells') }}
    where
        segment_type = 'team'
        and rests_on = 'people'

),

parameters as (

    select * from {{ ref('dim_parameters') }}

),

cells as (

    {% for metric, column, people, is_sum in participation_figures() -%}
    select
        space_id,
        space_type,
        space_name,
        week_start,
        '{{ metric }}' as metric,
        {{ column }}::double as value,
        null::varchar as band,
        {{ people }} as people,
        '{{ people }}' as rests_on,
        1 as least_people
    from participation
    where
        {{ column }} is not null
        {%- if is_sum %}
        and space_type != 'team'
        {%- endif %}

    union all

    {% endfor -%}
    {% for metric, bands in participation_bands().items() -%}
    select
        space_id,
        space_type,
        space_name,
        week_start,
        '{{ metric }}' as metric,
        null::double as value,
        case
            {%- for band, end in bands %}
            {%- if end is not none %}
            when {{ metric }} < {{ end }} then '{{ band }}'
            {%- else %}
            else '{{ band }}'
            {%- endif %}
            {%- endfor %}
        end as band,
        members as people,
        'members' as rests_on,
        10 as least_people
    from participation
    where {{ metric }} is not null

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

judged as (

    select
        cells.*,
        cells.people < greatest(parameters.min_group_size, cells.least_people)
        or exposed_space_cells.space_id is not null
        or withheld_teams.segment_value is not null as is_withheld
    from cells
    cross join parameters
    left join exposed_space_cells
        on
            cells.space_id = exposed_space_cells.space_id
            and cells.metric = exposed_space_cells.metric
            and cells.week_start = exposed_space_cells.week_start
    left join withheld_teams
        on
            cells.space_type = 'team'
            and cells.rests_on = 'members'
            and cells.space_name = withheld_teams.segment_value
            and cells.week_start = withheld_teams.period_start

),

published as (

    select
        -- space
        space_type,
        space_name,

        -- figure
        metric,
        case when not is_withheld then value end as value,
        case when not is_withheld then band end as band,
        case when not is_withheld then people end as people,
        is_withheld,

        -- dates
        week_start
    from judged

)

select * from published
