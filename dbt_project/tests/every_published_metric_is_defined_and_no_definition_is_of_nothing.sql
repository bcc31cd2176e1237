{#
    A definition is of a figure that schema bi publishes, or of a column of a person's row.
    The list of what may be published is asked, and not only the tables, so that a company
    without, say, any tie between departments has the same definitions.
#}
{%- set published = ['ties', 'interactions', 'share', 'programme_effect'] -%}
{%- for metric, column, people in programme_reach_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
{%- for metric, statistic, value in programme_engagement_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
{%- do published.extend(programme_outcomes()) -%}
{%- for metric, people in org_structure_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
{%- for metric, column, people, is_sum in participation_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
{%- do published.extend(participation_bands().keys()) -%}
{%- for population, metric, statistic, column, people in newcomer_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
{%- for metric, statistic, column, people in segment_figures() -%}
{%- do published.append(metric) -%}
{%- endfor -%}
with

definitions as (

    select metric
    from {{ ref('metric_definitions') }}

),

published as (

    select distinct unnest({{ published }}) as metric

    union

    select metric
    from {{ ref('segment_weeks') }}

    union

    select metric
    from {{ ref('unit_pair_weeks') }}

    union

    select metric
    from {{ ref('org_structure') }}

    union

    select metric
    from {{ ref('newcomer_ramp') }}

    union

    select metric
    from {{ ref('participation') }}

    union

    select metric
    from {{ ref('programme_reach') }}

    union

    select metric
    from {{ ref('programme_engagement') }}

),

measured as (

    select column_name as metric
    from information_schema.columns
    where
        table_schema = '{{ ref("fct_person_weeks").schema }}'
        and table_name in (
            '{{ ref("fct_person_weeks").identifier }}',
            '{{ ref("fct_person_structure").identifier }}',
            '{{ ref("fct_newcomers").identifier }}',
            '{{ ref("fct_programme_engagement").identifier }}'
        )

),

undefined as (

    select
        metric,
        'published without a definition' as finding
    from published
    where metric not in (select metric from definitions)

),

of_nothing as (

    select
        metric,
        'a definition of nothing' as finding
    from definitions
    where
        metric not in (select metric from published)
        and metric not in (select metric from measured)

)

select * from undefined

union all

select * from of_nothing
