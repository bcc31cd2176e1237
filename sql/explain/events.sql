-- The events behind it. Reads only.

-- :of_pair_days
-- A pair event of a broadcast is not meaningful; any other is.
select
    explained_pair_days.person_id,
    explained_pair_days.contact_id,
    events.event_id,
    events.date,
    events.channel,
    events.occurred_at,
    events.source_name,
    events.participant_count,
    events.minutes,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    true as counts
from explained_pair_days
inner join intermediate.int_pair_events as pair_events
    on
        explained_pair_days.date = pair_events.date
        and explained_pair_days.channel = pair_events.channel
        and pair_events.party_a_id
        = least(explained_pair_days.person_id, explained_pair_days.contact_id)
        and pair_events.party_b_id
        = greatest(explained_pair_days.person_id, explained_pair_days.contact_id)
inner join intermediate.int_events as events
    on pair_events.event_id = events.event_id
where
    explained_pair_days.counts
    and pair_events.is_meaningful;

-- :given_and_received
-- Events of w, caps aside, per (event, receiver), where giver and receiver are
-- different persons, both valid on its date
with

sides as (

    select
        party_a_id as person_id,
        party_b_id as contact_id,
        event_id,
        date,
        kind,
        a_to_b as has_given,
        b_to_a as has_received
    from intermediate.int_pair_events

    union all

    select
        party_b_id as person_id,
        party_a_id as contact_id,
        event_id,
        date,
        kind,
        b_to_a as has_given,
        a_to_b as has_received
    from intermediate.int_pair_events

)

select
    explained_people.week_start,
    sides.person_id,
    sides.contact_id,
    events.event_id,
    events.date,
    events.channel,
    events.occurred_at,
    events.source_name,
    events.participant_count,
    channels.giving,
    sides.has_given,
    sides.has_received,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    case
        when $column = 'giving_balance' then true
        when $column = channels.giving || '_given' then sides.has_given
        when $column = channels.giving || '_received' then sides.has_received
        else false
    end as counts
from sides
inner join explained_people
    on
        sides.person_id = explained_people.person_id
        and sides.date between explained_people.week_start
        and explained_people.week_start + 6
inner join intermediate.int_events as events
    on sides.event_id = events.event_id
inner join intermediate.channels as channels
    on events.channel = channels.channel
where
    explained_people.counts
    and sides.kind = 'person_person'
    and channels.giving is not null;

-- :sessions
-- the minutes, known ones summed, of mentoring and learning sessions of w that p took
-- part in, whatever their size
select
    explained_people.week_start,
    explained_people.person_id,
    sessions.session_id as event_id,
    sessions.date,
    sessions.kind as channel,
    events.occurred_at,
    events.source_name,
    sessions.participant_count,
    max(participants.present_minutes) as minutes,
    bool_or(participants.role = 'source') as has_led,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    case $column
        when 'sessions_led' then bool_or(participants.role = 'source')
        when 'sessions_attended' then not bool_or(participants.role = 'source')
        else true
    end as counts
from explained_people
inner join intermediate.int_sessions as sessions
    on explained_people.week_start = sessions.week_start
inner join intermediate.int_events as events
    on sessions.session_id = events.event_id
inner join intermediate.int_event_participants as participants
    on
        sessions.session_id = participants.event_id
        and explained_people.person_id = participants.party_id
where
    explained_people.counts
    and participants.party_kind = 'person'
group by all;

-- :of_active_days
-- `is_active`: on a date of the window on which p was valid, p was the actor of an
-- event (caps aside) or one of the two persons of a meaningful mutual pair event
with

people as (

    select
        explained_people.person_id,
        explained_people.week_start,
        weeks.window_start,
        weeks.week_end
    from explained_people
    inner join marts.dim_weeks as weeks
        on explained_people.week_start = weeks.week_start
    where explained_people.counts

),

acts as (

    select
        people.week_start,
        people.person_id,
        events.event_id,
        'actor' as part
    from people
    inner join intermediate.int_events as events
        on
            people.person_id = events.actor_party_id
            and events.date between people.window_start and people.week_end
    inner join intermediate.int_coverage as coverage
        on events.date between coverage.first_date and coverage.last_date
    semi join intermediate.int_roster_periods as periods
        on
            people.person_id = periods.person_id
            and events.date >= periods.valid_from
            and events.date < periods.valid_to

    union

    select
        people.week_start,
        people.person_id,
        pair_events.event_id,
        'one of two' as part
    from people
    inner join intermediate.int_pair_events as pair_events
        on
            people.person_id in (pair_events.party_a_id, pair_events.party_b_id)
            and pair_events.date between people.window_start and people.week_end
    where
        pair_events.is_meaningful
        and pair_events.is_mutual
        and pair_events.kind = 'person_person'

)

select
    acts.week_start,
    acts.person_id,
    events.event_id,
    events.date,
    events.channel,
    events.occurred_at,
    events.source_name,
    events.participant_count,
    acts.part,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    true as counts
from acts
inner join intermediate.int_events as events
    on acts.event_id = events.event_id;

-- :contributions
-- A contribution is an event other than a reaction whose actor is a person valid that
-- day.
select
    explained_people.person_id,
    events.event_id,
    events.date,
    events.channel,
    events.occurred_at,
    events.source_name,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    true as counts
from explained_people
inner join intermediate.int_events as events
    on
        explained_people.person_id = events.actor_party_id
        and events.week_start = $week_start
inner join intermediate.int_coverage as coverage
    on events.date between coverage.first_date and coverage.last_date
left join intermediate.int_spaces as spaces
    on events.space_id = spaces.space_id
semi join intermediate.int_roster_periods as periods
    on
        explained_people.person_id = periods.person_id
        and events.date >= periods.valid_from
        and events.date < periods.valid_to
where
    explained_people.counts
    and events.channel != 'reaction'
    and (
        $space_type = 'team'
        or (spaces.kind = $space_type and spaces.label = $space_name)
    );

-- :questions
-- `questions` = top-level messages with a question mark outside links and code, and
-- questions of question sites, asked by any human; of a team those of its people, valid
-- on the day
select
    questions.asker_id as person_id,
    questions.event_id,
    events.date,
    events.channel,
    events.occurred_at,
    events.source_name,
    questions.can_be_judged,
    questions.is_answered,
    questions.hours_to_first_reply,
    events.thread_id,
    events.reply_to_id,
    events.space_id,
    case
        when $column in ('answered_share', 'judged_askers') then questions.can_be_judged
        when $column in ('median_hours_to_first_reply', 'answered_askers')
            then questions.can_be_judged and questions.is_answered
        else true
    end as counts
from intermediate.int_questions as questions
inner join intermediate.int_events as events
    on questions.event_id = events.event_id
left join intermediate.int_spaces as spaces
    on questions.space_id = spaces.space_id
left join marts.fct_person_weeks as askers
    on
        questions.asker_id = askers.person_id
        and questions.week_start = askers.week_start
where
    questions.week_start = $week_start
    and (
        (spaces.kind = $space_type and spaces.label = $space_name)
        or (
            $space_type = 'team'
            and askers.team = $space_name
            and questions.is_asked_by_a_valid_person
        )
    );
