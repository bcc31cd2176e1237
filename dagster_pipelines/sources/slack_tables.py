"""The rows of Slack exports as Arrow tables, with the hashes by which each is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from dagster_pipelines.hashing import digest_of, mixed

# Keeps the ids of messages apart from those of other events.
_OF_MESSAGES = 0x51AC4

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times in raw are UTC and have no zone
_LAST = datetime(9999, 12, 31)  # noqa: DTZ001

_KNOWN_BY = [
    ("record_id", pa.int64()),
    ("version_key", pa.int64()),
    ("content_hash", pa.int64()),
    ("member_number", pa.int32()),
    ("position", pa.int32()),
]
CONVERSATIONS = pa.schema(
    [
        *_KNOWN_BY,
        ("space_identifier_id", pa.int64()),
        ("kind", pa.string()),
        ("label", pa.string()),
        ("member_identifier_ids", pa.list_(pa.int64())),
    ]
)
USERS = pa.schema(
    [
        *_KNOWN_BY,
        ("user_identifier_id", pa.int64()),
        ("email_identifier_id", pa.int64()),
        ("kind", pa.string()),
    ]
)
MESSAGES = pa.schema(
    [
        *_KNOWN_BY,
        ("event_id", pa.int64()),
        ("thread_id", pa.int64()),
        ("space_identifier_id", pa.int64()),
        ("author_identifier_id", pa.int64()),
        ("is_author_foreign", pa.bool_()),
        ("mentioned_identifier_ids", pa.list_(pa.int64())),
        ("reacting_identifier_ids", pa.list_(pa.int64())),
        ("has_unknown_group", pa.bool_()),
        ("is_question", pa.bool_()),
        ("text_length", pa.int32()),
        ("occurred_at", pa.timestamp("us")),
    ]
)


def message_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return messages with the ids of their events and threads."""
    space, written, thread = (
        np.array([row[name] for row in rows], np.int64)
        for name in ("space_identifier_id", "written", "thread_written")
    )
    salt = np.full(len(rows), _OF_MESSAGES, np.int64)
    events, threads = mixed(salt, space, written), mixed(salt, space, thread)
    for row, event, thread_id in zip(rows, events.tolist(), threads.tolist(), strict=True):
        row["event_id"] = row["record_id"] = event
        row["thread_id"] = thread_id
        row["occurred_at"] = moment(row["written"])
        row["content_hash"] = digest_of(
            *(row[name] for name in MESSAGES.names[5:]), row["version_key"]
        )
    return pa.Table.from_pylist(rows, MESSAGES)


def listed_table(rows: list[dict[str, Any]], version: int, schema: pa.Schema) -> pa.Table:
    """Return the elements of a list, each known by its first column; `version` dates the list."""
    for row in rows:
        member, position = row.pop("place")
        row["content_hash"] = digest_of(version, *row.values())
        row["record_id"] = next(iter(row.values()))
        row |= {"version_key": version, "member_number": member, "position": position}
    return pa.Table.from_pylist(rows, schema)


def moment(micros: int) -> datetime:
    """Return microseconds since 1970 as a time in UTC without saying so."""
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return _LAST
