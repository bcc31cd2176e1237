{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'windows'}
) }}

with

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

person_spans as (

    select * from {{ ref('int_person_spans') }}

),

{# Each week's sums go to the windows that they serve: its own and the ones that follow.
   #}
window_offsets as (

    select unnest(range(parameters.tie_window_weeks)) * 7 as offset_days
    from parameters

),

pair_weeks as (

    select * from {{ ref('int_pair_weeks') }}
    {%- if is_recomputing() %}
    where week_start in (
        select changed.week_start - window_offsets.offset_days::integer
        from ({{ changed('windows') }}) as changed
        cross join window_offsets
    )
    {%- endif %}

),

{# Two people are held against the weeks that both have a row in, one and an external
   against the person's. What was so in any week of a window is a bit of one number:
   1 and 2, that a and b reached out, 4, that one of them is an external. #}
pairs_in_spans as (

    select
        pair_weeks.week_start,
        pair_weeks.party_a_id,
        pair_weeks.party_b_id,
        (
            case when pair_weeks.a_to_b_interactions > 0 then 1 else 0 end
            + case when pair_weeks.b_to_a_interactions > 0 then 2 else 0 end
            + case when pair_weeks.kind = 'person_external' then 4 else 0 end
        )::utinyint as marks,
        pair_weeks.interactions,
        pair_weeks.newman_weight,
        pair_weeks.shared_minutes,
        greatest(spans_a.first_week, spans_b.first_week) as first_week,
        least(spans_a.last_week, spans_b.last_week, coverage.last_date - 1)
            as last_week
    from pair_weeks
    cross join coverage
    left join person_spans as spans_a
        on pair_weeks.party_a_id = spans_a.person_id
    left join person_spans as spans_b
        on pair_weeks.party_b_id = spans_b.person_id
    where
        case pair_weeks.kind
            when 'person_person'
                then spans_a.person_id is not null and spans_b.person_id is not null
            when 'person_external'
                then spans_a.person_id is not null or spans_b.person_id is not null
        end

),

{# A pair with an external is one in every week: the kind is no part of the key. #}
sums as (

    select
        pairs_in_spans.week_start + window_offsets.offset_days::integer as week_start,
        pairs_in_spans.party_a_id,
        pairs_in_spans.party_b_id,
        bit_or(pairs_in_spans.marks) as marks,
        sum(pairs_in_spans.interactions)::integer as interactions,
        sum(pairs_in_spans.newman_weight) as newman_weight,
        sum(pairs_in_spans.shared_minutes) as shared_minutes
    from pairs_in_spans
    cross join window_offsets
    where
        pairs_in_spans.week_start + window_offsets.offset_days::integer
        between pairs_in_spans.first_week and pairs_in_spans.last_week
        and {{ is_changed(
            'pairs_in_spans.week_start + window_offsets.offset_days::integer', 'windows'
        ) }}
    group by
        pairs_in_spans.week_start + window_offsets.offset_days::integer,
        pairs_in_spans.party_a_id,
        pairs_in_spans.party_b_id

),

windows as (

    select
        *,
        marks & 3 = 3 as is_reciprocal,
        marks & 4 = 4 as is_external
    from sums

),

ties as (

    select
        -- ids
        windows.party_a_id,
        windows.party_b_id,

        -- text
        case when windows.is_external then 'person_external' else 'person_person' end
            as kind,

        -- numbers
        windows.interactions,
        windows.newman_weight,
        windows.shared_minutes,

        -- flags
        windows.is_reciprocal,
        windows.interactions >= parameters.tie_min_interactions
        and (
            windows.is_external
            or not parameters.tie_requires_reciprocity
            or windows.is_reciprocal
        ) as is_tied,

        -- times
        windows.week_start
    from windows
    cross join parameters

)

select * from ties
