with

events as (

    select * from {{ ref('int_events') }}
    where
        space_id is not null
        and channel != 'reaction'

),

spaces as (

    select * from {{ ref('int_spaces') }}
    where kind not in ('direct', 'group_direct')

),

sources_of_events as (

    select * from {{ ref('int_event_participants') }}
    where role = 'source'

),

coverage as (

    select * from {{ ref('int_coverage') }}

),

parameters as (

    select * from {{ ref('stg_tacit__parameters') }}

),

{# What is said by a bot is neither a question nor an answer. #}
messages as (

    select
        events.event_id,
        events.thread_id,
        events.space_id,
        events.source_name,
        sources_of_events.party_id,
        sources_of_events.is_valid_person,
        events.reply_to_id is not null as is_reply,
        events.is_question,
        events.occurred_at,
        events.date,
        events.week_start
    from events
    inner join sources_of_events
        on events.event_id = sources_of_events.event_id
    inner join coverage
        on events.date between coverage.first_date and coverage.last_date
    semi join spaces
        on events.space_id = spaces.space_id

),

sources_with_replies as (

    select distinct source_name
    from {{ ref('int_events') }}
    where
        reply_to_id is not null
        and channel != 'reaction'

),

{# Who answers is another human, later, in the same thread. #}
first_replies as (

    select
        questions.event_id,
        min(replies.occurred_at) as first_reply_at
    from messages as questions
    inner join messages as replies
        on
            questions.space_id = replies.space_id
            and questions.thread_id = replies.thread_id
            and questions.party_id != replies.party_id
            and questions.occurred_at < replies.occurred_at
    where
        questions.is_question
        and not questions.is_reply
    group by questions.event_id

),

questions as (

    select
        -- ids
        messages.event_id,
        messages.space_id,
        messages.party_id as asker_id,

        -- numbers
        date_diff('microsecond', messages.occurred_at, first_replies.first_reply_at)
        / 3.6e9 as hours_to_first_reply,

        -- flags
        messages.is_valid_person as is_asked_by_a_valid_person,
        sources_with_replies.source_name is not null
        and messages.occurred_at + to_hours(72) <= timezone(
            'UTC', timezone(parameters.timezone, (coverage.last_date + 1)::timestamp)
        ) as can_be_judged,
        coalesce(
            first_replies.first_reply_at <= messages.occurred_at + to_hours(72), false
        ) as is_answered,

        -- times
        messages.occurred_at as asked_at,
        messages.week_start
    from messages
    cross join coverage
    cross join parameters
    left join first_replies
        on messages.event_id = first_replies.event_id
    left join sources_with_replies
        on messages.source_name = sources_with_replies.source_name
    where
        messages.is_question
        and not messages.is_reply

)

select * from questions
