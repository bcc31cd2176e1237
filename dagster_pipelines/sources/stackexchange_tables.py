"""The posts of a question site as an Arrow table, with the hashes by which each is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from dagster_pipelines.hashing import Integers, mixed
from dagster_pipelines.sources.stackexchange_posts import AUTHOR_KINDS, Post

# Keeps the ids of posts apart from those of other events.
_OF_POSTS = 0x905751
_NOBODY = 0

POSTS = pa.schema(
    [
        ("record_id", pa.int64()),
        ("version_key", pa.int64()),
        ("content_hash", pa.int64()),
        ("line_number", pa.int64()),
        ("event_id", pa.int64()),
        ("thread_id", pa.int64()),
        ("space_identifier_id", pa.int64()),
        ("author_identifier_id", pa.int64()),
        ("author_kind", pa.string()),
        ("is_question", pa.bool_()),
        ("occurred_at", pa.timestamp("us")),
    ]
)


def post_table(posts: Sequence[Post], space_id: int, ids: Mapping[str, int]) -> pa.Table:
    """Return posts of one site; `ids` are the identifier ids of their authors."""
    created = _integers(post.created for post in posts)
    edited = _integers(post.edited for post in posts)
    authors = _integers(ids[post.author] if post.author else _NOBODY for post in posts)
    kinds = _integers(AUTHOR_KINDS.index(post.author_kind) for post in posts)
    is_question = _integers(post.is_question for post in posts)
    salt, space = (np.full(len(posts), value, np.int64) for value in (_OF_POSTS, space_id))
    events = mixed(salt, space, _integers(post.number for post in posts))
    threads = mixed(salt, space, _integers(post.question for post in posts))
    content = mixed(events, threads, authors, kinds, is_question, created, edited)
    columns = {
        "record_id": events,
        "version_key": edited,
        "content_hash": content,
        "line_number": _integers(post.line for post in posts),
        "event_id": events,
        "thread_id": threads,
        "space_identifier_id": space,
        "author_identifier_id": pa.array(authors, mask=authors == _NOBODY),
        "author_kind": pa.array([post.author_kind for post in posts], pa.string()),
        "is_question": is_question.astype(bool),
        "occurred_at": pa.array(created).cast(pa.timestamp("us")),
    }
    return pa.table(columns, POSTS)


def _integers(values: Iterable[int]) -> Integers:
    return np.fromiter(values, np.int64)
