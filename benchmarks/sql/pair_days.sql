-- The pair days of a generated company, as int_pair_days has them, from its exports.
-- Grain: one row per date, pair and channel. Written for the benchmark alone: profile
-- `viva`, everybody valid all year, person ids that are arbitrary numbers below 2^53.
create table pair_days as
with

people as (

    select
        email,
        ('0x' || substr(md5(email), 1, 13))::bigint as person_id
    from read_csv($roster, header = true, all_varchar = true)

),

recipients as (

    select
        interactions.occurred_at,
        interactions.channel,
        interactions.minutes,
        senders.person_id as source_person_id,
        targets.person_id as target_person_id
    from
        read_csv(
            $interactions,
            header = true,
            columns = {
                'source': 'varchar',
                'target': 'varchar',
                'occurred_at': 'timestamp',
                'channel': 'varchar',
                'minutes': 'integer'
            }
        ) as interactions
    inner join people as senders on interactions.source = senders.email
    inner join people as targets on interactions.target = targets.email

),

events as (

    select
        source_person_id,
        occurred_at::date as date,
        channel,
        list(target_person_id) as target_person_ids,
        count(*) + 1 as participant_count
    from recipients
    group by source_person_id, occurred_at, channel
    having
        participant_count
        <= case channel when 'email' then 19 when 'meeting' then 18 else 8 end
        and coalesce(max(minutes), 0) <= 240

),

guests as (

    select
        date,
        channel,
        participant_count,
        target_person_ids,
        unnest(target_person_ids) as source_person_id
    from events
    where channel = 'meeting'

),

guest_pairs as (

    select
        date,
        channel,
        participant_count,
        source_person_id,
        unnest(target_person_ids) as target_person_id
    from guests

),

pair_events as (

    select
        date,
        channel,
        participant_count,
        source_person_id,
        unnest(target_person_ids) as target_person_id,
        channel = 'meeting' as is_mutual
    from events

    union all

    select
        date,
        channel,
        participant_count,
        source_person_id,
        target_person_id,
        true as is_mutual
    from guest_pairs
    where source_person_id < target_person_id

),

daily_sums as (

    select
        date,
        channel,
        least(source_person_id, target_person_id) as person_a,
        greatest(source_person_id, target_person_id) as person_b,
        count(*)::integer as events,
        bool_or(is_mutual or source_person_id < target_person_id) as a_reached_out,
        bool_or(is_mutual or source_person_id > target_person_id) as b_reached_out,
        sum(1.0::double / (participant_count - 1)) as newman_weight
    from pair_events
    group by date, channel, person_a, person_b

)

select
    date,
    date_trunc('week', date)::date as week_start,
    person_a,
    person_b,
    if(channel = 'chat_direct', 1, events) as interactions,
    a_reached_out,
    b_reached_out,
    newman_weight
from daily_sums
order by date
