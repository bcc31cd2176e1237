"""By what an event is known: the same in every format that knows no better.

An event has its own id, if the file has one, else its channel, source and time are what it is known
by: the same kudos in a file of interactions and in one of recognition is one event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.hashing import Integers, mixed
from dagster_pipelines.settings import CHANNELS

NOBODY = -1
"""Stands for the identifier of somebody whom a record does not name."""

UNKNOWN = -1
"""Stands for the hash of an id that a record does not have."""


def event_ids(
    channel_numbers: Integers, own: Integers, source: Integers, occurred_at: Integers
) -> Integers:
    """Return the id of each event.

    Parameters
    ----------
    channel_numbers
        Places in CHANNELS.
    own
        Keyed hashes of the file's own ids, UNKNOWN of what has none.
    source
        Identifiers of who acted, NOBODY of nobody.
    occurred_at
        Microseconds since 1970.
    """
    channel = _CHANNEL_HASHES[channel_numbers]
    return np.where(own != UNKNOWN, mixed(channel, own), mixed(channel, source, occurred_at))


def whole(table: pa.Table, name: str, instead: int) -> Integers:
    """Return a column of integers without NULL."""
    return pc.fill_null(table.column(name), instead).to_numpy()


def _name_hashes(names: Sequence[str]) -> Integers:
    digests = [hashlib.sha256(name.encode()).digest()[:8] for name in names]
    return np.array([int.from_bytes(digest, "big", signed=True) for digest in digests], np.int64)


_CHANNEL_HASHES = _name_hashes(CHANNELS)
