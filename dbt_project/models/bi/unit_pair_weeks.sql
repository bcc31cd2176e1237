with

unit_pair_weeks as (

    select * from {{ ref('fct_unit_pair_weeks') }}
    where unit_type = 'department'

),

withheld_pair_cells as (

    select * from {{ ref('withheld_pair_cells') }}

),

cells as (

    {% for metric, rests_on in [
        ('ties', 'ties'), ('interactions', 'interactions'), ('share', 'interactions')
    ] -%}
    select
        from_unit as from_department,
        to_unit as to_department,
        week_start,
        '{{ metric }}' as metric,
        {{ metric }}::double as value,
        '{{ rests_on }}' as rests_on
    from unit_pair_weeks

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

),

judged as (

    select
        cells.*,
        withheld_pair_cells.week_start is not null as is_withheld
    from cells
    left join withheld_pair_cells
        on
            cells.from_department = withheld_pair_cells.from_department
            and cells.to_department = withheld_pair_cells.to_department
            and cells.rests_on = withheld_pair_cells.rests_on
            and cells.week_start = withheld_pair_cells.week_start

),

published as (

    select
        -- departments
        from_department,
        to_department,

        -- figure
        metric,
        case when not is_withheld then value end as value,
        is_withheld,
        case when is_withheld then 'organisation' end as shown_as,

        -- dates
        week_start
    from judged

)

select * from published
