"""Feedback among peers in CSV: who gave it to whom, and when. What it says is never read.

Feedback is anonymous where its row says so or names no giver. It is an event all the same, but one
without anybody: neither giver nor receiver is stored, and nothing that is stored can be made of
their identifiers without the vault's key.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.hashing import Integers
from dagster_pipelines.sources import gifts
from dagster_pipelines.sources.csv_kinds import Column, Kind
from dagster_pipelines.sources.csv_reading import texts_of
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sources.csv_tables import Shape
from dagster_pipelines.sources.csv_texts import flag_of
from dagster_pipelines.sources.event_ids import UNKNOWN, whole
from dagster_pipelines.vault import Vault

FORMAT = "feedback_csv"
TABLE = "feedback_csv_rows"
TABLES = {
    TABLE: "Rows of files of feedback: who gave it to whom, and when; of anonymous feedback only "
    "when. No text."
}
KIND = "csv"
IS_REGISTER = False

_ANONYMOUS = "is_anonymous"


def without_anonymous_givers(records: Records) -> Records:
    """Return records in which whoever wanted to be nobody is: before anybody asks who it is."""
    flags, givers = texts_of(records, "anonymous"), texts_of(records, "giver")
    if pa.types.is_null(flags.type) or pa.types.is_null(givers.type):
        return records
    # What is neither yes nor no is rejected, and its giver is not heard of either.
    may_be = [flag_of(text, empty=False) is not False for text in flags.dictionary.to_pylist()]
    is_anonymous = pa.array(may_be, pa.bool_()).take(flags.indices)
    named = pc.if_else(is_anonymous, "", givers.cast(pa.string())).dictionary_encode()
    place = records.table.column_names.index("giver")
    return replace(records, table=records.table.set_column(place, "giver", named))


def _finished(rows: pa.Table, vault: Vault) -> pa.Table:
    """Return feedback with the ids of its events, and nobody in what is anonymous."""
    is_anonymous = pc.is_null(rows.column(gifts.GIVER)).to_numpy()
    columns = {name: rows.column(name) for name in rows.column_names if name != _ANONYMOUS}
    columns[gifts.OWN] = pa.array(_own_ids(rows, is_anonymous, vault))
    columns[gifts.RECEIVERS] = pa.array(
        [
            [] if is_nobody else receivers
            for is_nobody, receivers in zip(
                is_anonymous, rows.column(gifts.RECEIVERS).to_pylist(), strict=True
            )
        ],
        pa.list_(pa.int64()),
    )
    return gifts.with_event_ids(pa.table(columns), "feedback")


def _own_ids(rows: pa.Table, is_anonymous: np.ndarray, vault: Vault) -> Integers:
    """Return what each event is known by, UNKNOWN where giver and time are.

    Anonymous feedback without an id of the file's is known by receivers and time, under the vault's
    key: the receivers could be guessed from any other hash of their identifiers.
    """
    own = whole(rows, gifts.OWN, UNKNOWN).copy()
    receivers = rows.column(gifts.RECEIVERS).to_pylist()
    given_at = rows.column("occurred_at").to_pylist()
    for place in np.flatnonzero(is_anonymous & (own == UNKNOWN)).tolist():
        said = f"{receivers[place]} {given_at[place].isoformat()}"
        digest = vault.fingerprint("anonymous feedback", said)
        own[place] = int.from_bytes(digest[:8]) >> 1
    return own


SHAPE = Shape(
    table=TABLE,
    columns=(
        Column("feedback_id", Kind.KEY, gifts.OWN),
        Column("giver", Kind.IDENTIFIER, gifts.GIVER),
        gifts.RECEIVER_COLUMN,
        gifts.GIVEN_AT_COLUMN,
        Column("anonymous", Kind.FLAG, _ANONYMOUS, otherwise=False),
    ),
    known_by=gifts.KNOWN_BY,
    before=without_anonymous_givers,
    finished=_finished,
)

open_file = SHAPE.open_file
batches = SHAPE.batches
listen = SHAPE.listen
load_parameters = SHAPE.load_parameters
