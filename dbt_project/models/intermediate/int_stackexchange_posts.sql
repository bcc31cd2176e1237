{#
    Versions of one post: the last edit speaks. Who wrote it is said by those that still
    know the account, for a dump made after an account was deleted says less than one
    made before.
#}
with

posts as (

    select * from {{ ref('stg_stackexchange__posts') }}

),

last_versions as (

    select
        event_id,
        thread_id,
        source_name,
        space_id,
        is_question,
        occurred_at
    from posts
    qualify row_number() over (
        partition by event_id
        order by version_key desc, content_hash asc
    ) = 1

),

authors as (

    select
        event_id,
        author_party_id,
        author_party_kind
    from posts
    qualify row_number() over (
        partition by event_id
        order by
            author_kind != 'deleted' desc,
            author_party_id is not null desc,
            version_key desc,
            content_hash asc
    ) = 1

)

select
    -- ids
    last_versions.event_id,
    last_versions.thread_id,
    last_versions.source_name,
    last_versions.space_id,
    authors.author_party_id,

    -- text
    authors.author_party_kind,

    -- flags
    last_versions.is_question,

    -- timestamps
    last_versions.occurred_at
from last_versions
inner join authors
    on last_versions.event_id = authors.event_id
