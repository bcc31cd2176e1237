"""Lists of sessions in CSV: a row for each person of a session, what the person did there, when.

Only sessions that were held are stored. One that was cancelled, or is yet to come, is left out by a
rule of that name, whatever else is wrong with its rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.hashing import mixed
from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_tables import Shape
from dagster_pipelines.sources.programme_words import (
    CHANNELS_OF_SESSIONS,
    HELD,
    LEADING_ROLES,
    ROLES,
    STATUS,
    as_they_are,
)
from dagster_pipelines.sources.programmes_csv import PROGRAMME_ID
from dagster_pipelines.sources.reasons import IN_THE_FUTURE
from dagster_pipelines.vault import Vault

FORMAT = "sessions_csv"
TABLE = "sessions_csv_rows"
TABLES = {
    TABLE: "Rows of lists of sessions that were held: who was there, who led, when, for how long."
}
KIND = "csv"
IS_REGISTER = True

PLANNED = "planned"

# Keeps the ids of sessions apart from those of other events.
_OF_SESSIONS = 0x5E551


def _rule(rows: pa.Table) -> pa.Array:
    """Return the rule that leaves a row out: its status says it was not held, or it lies ahead."""
    nothing = pa.scalar(None, pa.string())
    status = rows.column("status").combine_chunks()
    is_ahead = pc.fill_null(pc.equal(rows.column("reason"), IN_THE_FUTURE), False)
    return pc.coalesce(
        pc.if_else(pc.equal(status, HELD), nothing, status),
        pc.if_else(is_ahead.combine_chunks(), PLANNED, nothing),
    )


def _finished(rows: pa.Table, vault: Vault) -> pa.Table:
    """Return rows with the id of the session's event, its channel, and who led it."""
    del vault
    own = rows.column("own_event_hash").to_numpy()
    events = mixed(np.full(len(rows), _OF_SESSIONS), own)
    channels = [CHANNELS_OF_SESSIONS[kind] for kind in rows.column("kind").to_pylist()]
    is_leading = pc.is_in(rows.column("role"), value_set=pa.array(LEADING_ROLES))
    return (
        rows.drop_columns(["own_event_hash", "role", "status"])
        .append_column("event_id", pa.array(events))
        .append_column("channel", pa.array(channels, pa.string()))
        .append_column("is_leading", is_leading)
    )


SHAPE = Shape(
    table=TABLE,
    columns=(
        # The first, so that what lies ahead is left out whatever else its rows say.
        Column("started_at", Kind.TIME, "occurred_at", is_needed=True),
        Column("session_id", Kind.KEY, "own_event_hash", is_needed=True),
        replace(PROGRAMME_ID, is_needed=False),
        Column(
            "kind",
            Kind.WORD,
            "kind",
            is_needed=True,
            words=as_they_are(tuple(CHANNELS_OF_SESSIONS)),
            reason="unknown_session_kind",
        ),
        Column("minutes", Kind.MINUTES, "minutes"),
        Column("person", Kind.IDENTIFIER, "person_identifier_id", is_needed=True),
        Column(
            "role",
            Kind.WORD,
            "role",
            otherwise="participant",
            words=as_they_are(ROLES),
            reason="unknown_role",
        ),
        Column("present", Kind.FLAG, "is_present"),
        Column(
            "status",
            Kind.WORD,
            "status",
            otherwise=HELD,
            words=STATUS,
            reason="unknown_status",
        ),
    ),
    known_by=("event_id", "person_identifier_id"),
    rule=_rule,
    finished=_finished,
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
