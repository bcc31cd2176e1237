{#
    The state of a date is a few sums of hashes, which know no order. What differs from
    the last state that was noted has changed, whatever the way in which it came about.
#}
{{ config(materialized='incremental', incremental_strategy='append') }}

with

events as (

    select * from {{ ref('int_events_merged') }}

),

participants as (

    select * from {{ ref('int_event_participants') }}

),

roster_periods as (

    select * from {{ ref('int_roster_periods') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

date_events as (

    select
        date,
        sum(records_hash) as records_state
    from events
    group by date

),

date_participants as (

    select
        date,
        sum(hash(event_id, party_id, role, party_kind)::hugeint) as parties_state
    from participants
    group by date

),

period_hashes as (

    select
        valid_from,
        valid_to,
        hash(roster_periods)::hugeint as period_hash
    from roster_periods

),

{# What the roster says on a day: the hashes of the periods that have begun by then,
   less those that have ended. #}
roster_states as (

    select
        bound,
        sum(sum(period_hash)) over (order by bound) as roster_state
    from (
        select
            valid_from as bound,
            period_hash
        from period_hashes

        union all

        select
            valid_to as bound,
            -period_hash as period_hash
        from period_hashes
    )
    group by bound

),

states as (

    select
        date_events.date,
        date_events.records_state,
        date_participants.parties_state,
        roster_states.roster_state,
        parameters.fingerprint as parameters_state
    from date_events
    left join date_participants
        on date_events.date = date_participants.date
    asof left join roster_states
        on date_events.date >= roster_states.bound
    cross join parameters

),

noted_states as (

    {% if is_incremental() -%}
    select
        date,
        records_state,
        parties_state,
        roster_state,
        parameters_state,
        noted_at
    from {{ this }}
    qualify row_number() over (partition by date order by noted_at desc) = 1
    {%- else -%}
    select
        null::date as date,
        null::hugeint as records_state,
        null::hugeint as parties_state,
        null::hugeint as roster_state,
        null::varchar as parameters_state,
        null::timestamp as noted_at
    where false
    {%- endif %}

),

last_notes as (

    select max(noted_at) as noted_at
    from noted_states

),

changed_dates as (

    select
        parameters.run_id,
        coalesce(states.date, noted_states.date) as date,
        case
            when states.records_state is null or noted_states.records_state is null
                then 'file'
            else concat_ws(
                ', ',
                case
                    when states.records_state != noted_states.records_state then 'file'
                    when
                        states.parties_state is distinct from noted_states.parties_state
                        then 'identity'
                end,
                case
                    when
                        states.roster_state is distinct from noted_states.roster_state
                        then 'roster'
                end,
                case
                    when states.parameters_state != noted_states.parameters_state
                        then 'parameter'
                end
            )
        end as reasons,
        states.records_state,
        states.parties_state,
        states.roster_state,
        states.parameters_state,
        {# Clocks go back; what is noted later must be known as later all the same. #}
        greatest(
            current_localtimestamp(),
            last_notes.noted_at + interval 1 microsecond
        ) as noted_at
    from states
    full outer join noted_states
        on states.date = noted_states.date
    cross join parameters
    cross join last_notes
    where
        (
            states.records_state,
            states.parties_state,
            states.roster_state,
            states.parameters_state
        )
        is distinct from (
            noted_states.records_state,
            noted_states.parties_state,
            noted_states.roster_state,
            noted_states.parameters_state
        )

)

select * from changed_dates
