-- Where the records stand in the exports: file, and place in it. Reads only.

-- :of_events
-- Several rows may say different things of one event. Differing minutes take the
-- largest, differing times the earliest, and one row that says mutual is enough.
with

events as (

    select distinct
        event_id,
        channel,
        occurred_at,
        thread_id,
        reply_to_id,
        space_id
    from explained_events
    where counts

),

-- A reaction stands in the record of its message.
wanted as (

    select
        event_id,
        case when channel = 'reaction' then reply_to_id else event_id end as found_as,
        'the event' as part
    from events

    union all

    select
        event_id,
        reply_to_id as found_as,
        'the question' as part
    from events
    where channel = 'answer' and reply_to_id is not null

),

lines as (

    select
        event_id,
        file_id,
        line_number
    from raw.interaction_csv_rows

    union all

    select
        event_id,
        file_id,
        line_number
    from raw.recognition_csv_rows

    union all

    select
        event_id,
        file_id,
        line_number
    from raw.feedback_csv_rows

    union all

    select
        event_id,
        file_id,
        line_number
    from raw.sessions_csv_rows

    union all

    select
        event_id,
        file_id,
        line_number
    from raw.stackexchange_posts

),

places as (

    select
        wanted.event_id,
        lines.file_id,
        'line ' || lines.line_number as place,
        wanted.part
    from wanted
    inner join lines
        on wanted.found_as = lines.event_id

    union all

    select
        wanted.event_id,
        messages.file_id,
        'member ' || messages.member_number || ', record ' || messages.position
            as place,
        wanted.part
    from wanted
    inner join raw.slack_messages as messages
        on wanted.found_as = messages.event_id

    union all

    select
        events.event_id,
        messages.file_id,
        'member ' || messages.member_number || ', record ' || messages.position
            as place,
        'earlier in its thread' as part
    from events
    inner join raw.slack_messages as messages
        on
            events.thread_id = messages.thread_id
            and events.occurred_at > messages.occurred_at
    where events.channel = 'chat_thread'

    union all

    select
        events.event_id,
        conversations.file_id,
        'member ' || conversations.member_number
        || ', record ' || conversations.position as place,
        'the conversation' as part
    from events
    inner join raw.slack_conversations as conversations
        on events.space_id = conversations.space_identifier_id
    where events.channel = 'chat_direct'

)

select distinct
    places.event_id,
    files.source_name,
    files.file_id,
    places.place,
    places.part,
    true as counts
from places
inner join raw.files as files
    on places.file_id = files.file_id;

-- :of_rosters
-- valid on a date | the person has a roster row with `valid_from <= date < valid_to`;
-- an empty bound is open.
select distinct
    explained_people.person_id,
    files.source_name,
    files.file_id,
    'line ' || lines.line_number as place,
    lines.valid_from,
    lines.valid_to,
    lines.snapshot_on,
    true as counts
from explained_people
inner join raw.identity_map as identities
    on explained_people.person_id = identities.person_id
inner join raw.roster_csv_rows as lines
    on identities.identifier_id = lines.person_identifier_id
inner join raw.files as files
    on lines.file_id = files.file_id
where explained_people.counts;

-- :files
select
    file_id,
    path_fingerprint
from raw.files;
