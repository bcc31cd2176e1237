{{ config(
    materialized='recomputed',
    unique_key='week_start', meta={'recomputes': 'weeks'}
) }}

with

pair_events as (

    select
        pair_events.*,
        channels.giving
    from {{ ref('int_pair_events') }} as pair_events
    inner join {{ ref('channels') }} as channels
        on pair_events.channel = channels.channel
    where
        channels.giving is not null
        and pair_events.kind = 'person_person'
        and {{ is_changed(week_start('pair_events.date'), 'weeks') }}

),

{# Events of any size count: who answers before a crowd has answered. #}
sides as (

    select
        party_a_id as person_id,
        giving,
        a_to_b as has_given,
        b_to_a as has_received,
        date
    from pair_events

    union all

    select
        party_b_id as person_id,
        giving,
        b_to_a as has_given,
        a_to_b as has_received,
        date
    from pair_events

),

givings as (

    select
        person_id,
        {% for giving in ['answers', 'reviews', 'recognition', 'feedback'] -%}
        count_if(giving = '{{ giving }}' and has_given) as {{ giving }}_given,
        count_if(giving = '{{ giving }}' and has_received) as {{ giving }}_received,
        {% endfor -%}
        count_if(has_given) as given,
        count_if(has_received) as received,
        {{ week_start('date') }} as week_start
    from sides
    group by
        person_id,
        {{ week_start('date') }}

)

select * from givings
