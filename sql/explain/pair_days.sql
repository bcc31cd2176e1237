-- The days on which two people interacted, by channel. Reads only.

-- :of_ties
-- the 7 × `tie_window_weeks` (4) days that end with the Sunday of w
select
    explained_ties.week_start,
    explained_ties.person_id,
    explained_ties.contact_id,
    pair_days.date,
    pair_days.channel,
    pair_days.events,
    pair_days.interactions,
    case
        when pair_days.party_a_id = explained_ties.person_id
            then pair_days.a_to_b_interactions
        else pair_days.b_to_a_interactions
    end as reached_out,
    case
        when pair_days.party_a_id = explained_ties.person_id
            then pair_days.b_to_a_interactions
        else pair_days.a_to_b_interactions
    end as was_reached,
    pair_days.newman_weight,
    pair_days.shared_minutes,
    true as counts
from explained_ties
inner join marts.dim_weeks as weeks
    on explained_ties.week_start = weeks.week_start
inner join intermediate.int_pair_days as pair_days
    on
        pair_days.party_a_id
        = least(explained_ties.person_id, explained_ties.contact_id)
        and pair_days.party_b_id
        = greatest(explained_ties.person_id, explained_ties.contact_id)
        and pair_days.date between weeks.window_start and weeks.week_end
where
    explained_ties.counts
    and pair_days.kind in ('person_person', 'person_external');

-- :of_weeks
-- **Interactions** of a pair in a span of days = for a channel with `counts_per =
-- event`, the number of meaningful pair events; with `counts_per = day`, the number of
-- distinct dates that have one; summed over channels.
with

sides as (

    select
        week_start,
        party_a_id as person_id,
        party_b_id as contact_id,
        date,
        channel,
        events,
        interactions,
        a_to_b_interactions as reached_out,
        b_to_a_interactions as was_reached,
        newman_weight,
        case ranks_above
            when 'b' then 'above' when 'a' then 'below' else ranks_above
        end as contact_ranks,
        lifting_class
    from intermediate.int_pair_days
    where kind = 'person_person'

    union all

    select
        week_start,
        party_b_id as person_id,
        party_a_id as contact_id,
        date,
        channel,
        events,
        interactions,
        b_to_a_interactions as reached_out,
        a_to_b_interactions as was_reached,
        newman_weight,
        case ranks_above
            when 'a' then 'above' when 'b' then 'below' else ranks_above
        end as contact_ranks,
        lifting_class
    from intermediate.int_pair_days
    where kind = 'person_person'

)

select
    sides.*,
    coalesce(
        case $column
            when 'reached_out' then sides.reached_out > 0
            when 'was_reached' then sides.was_reached > 0
            when 'coaching_given' then sides.contact_ranks = 'below'
            when 'same_rank_interactions' then sides.contact_ranks = 'neither'
            when 'rank_unknown_interactions' then sides.contact_ranks = 'unknown'
            when 'lifting_beyond_manager'
                then
                    sides.contact_ranks = 'above'
                    and sides.lifting_class != 'own_manager'
            when 'lifting_initiated'
                then sides.contact_ranks = 'above' and sides.reached_out > 0
            when 'lifting_interactions' then sides.contact_ranks = 'above'
            when 'lifting_contacts' then sides.contact_ranks = 'above'
            when 'lifting_weight' then sides.contact_ranks = 'above'
            else
                $column not like 'lifting_%'
                or (
                    sides.contact_ranks = 'above'
                    and 'lifting_' || sides.lifting_class = $column
                )
        end,
        false
    ) as counts
from sides
semi join explained_people
    on
        sides.person_id = explained_people.person_id
        and sides.week_start = explained_people.week_start
        and explained_people.counts;
