{#
    Questions and answers in the shape in which the formats meet. An answer is aimed at
    whoever asked, a question at nobody.
#}
with

posts as (

    select * from {{ ref('int_stackexchange_posts') }}

),

questions as (

    select
        event_id,
        author_party_id,
        author_party_kind
    from posts
    where is_question

),

records as (

    select
        posts.event_id,
        posts.source_name,
        'answer' as channel,
        posts.author_party_id as source_party_id,
        posts.author_party_kind as source_party_kind,
        questions.author_party_id as target_party_id,
        questions.author_party_kind as target_party_kind,
        posts.occurred_at,
        posts.space_id,
        posts.thread_id,
        case when not posts.is_question then posts.thread_id end as reply_to_id,
        posts.is_question
    from posts
    left join questions
        on
            posts.thread_id = questions.event_id
            and not posts.is_question
            and posts.author_party_id is distinct from questions.author_party_id

)

{# The hash is of all that a record says: also of what follows from other posts. #}
select
    *,
    (hash(records) >> 1)::bigint as content_hash
from records
