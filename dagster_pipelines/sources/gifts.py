"""What kudos and feedback have in common: somebody gives something to one or several others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from dagster_pipelines.settings import CHANNELS
from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.event_ids import NOBODY, UNKNOWN, event_ids, whole

OWN = "own_event_hash"
GIVER = "giver_identifier_id"
RECEIVERS = "receiver_identifier_ids"

RECEIVER_COLUMN = Column("receiver", Kind.IDENTIFIERS, RECEIVERS, is_needed=True)
GIVEN_AT_COLUMN = Column("given_at", Kind.TIME, "occurred_at", is_needed=True)

KNOWN_BY = ("event_id", RECEIVERS)
"""A record is an event and those whom its row names: others may name others of the same event."""


def with_event_ids(rows: pa.Table, channel: str) -> pa.Table:
    """Return gifts with the id of the event that each is of, without what the file calls it."""
    events = event_ids(
        np.full(len(rows), CHANNELS.index(channel)),
        whole(rows, OWN, UNKNOWN),
        whole(rows, GIVER, NOBODY),
        rows.column("occurred_at").cast(pa.int64()).to_numpy(),
    )
    return rows.drop_columns([OWN]).append_column("event_id", pa.array(events))
