"""Generic interaction files in CSV: one row a target of an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.hashing import mixed
from dagster_pipelines.settings import CHANNELS, INTERACTION_COLUMNS, InteractionSource, Settings
from dagster_pipelines.sources import csv_batches
from dagster_pipelines.sources.batches import Batch
from dagster_pipelines.sources.csv_layout import Dialect
from dagster_pipelines.sources.csv_reading import (
    Columns,
    CsvReading,
    meaning_of,
    texts_of,
)
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sources.csv_texts import flag_of, minutes_of
from dagster_pipelines.sources.event_ids import NOBODY, UNKNOWN, event_ids, whole
from dagster_pipelines.sources.times import time_parameters, time_preparations
from dagster_pipelines.vault import Vault

FORMAT = "interaction_csv"
TABLE = "interaction_csv_rows"
TABLES = {
    TABLE: "Rows of generic interaction files: who met whom, when, by which channel. No text.",
}
KIND = "csv"
IS_REGISTER = False
COLUMNS = Columns(
    known=INTERACTION_COLUMNS,
    required=("source", "target", "occurred_at"),
    coded=("source", "target", "channel", "minutes", "mutual", "space"),
)

_CONTACT = CHANNELS.index("contact")
_PAIR = CHANNELS.index("pair")


def open_file(source: InteractionSource, path: Path, where: str) -> CsvReading:
    """Open a file of a source and bind its columns.

    Raises
    ------
    UsageError
        The file is no CSV that can be read, or lacks a column.
    """
    dialect = Dialect(source.delimiter, source.quote, source.encoding)
    return CsvReading(path, dialect, source.columns, COLUMNS, source.exclude, where)


def batches(
    settings: Settings, source: InteractionSource, reading: CsvReading, vault: Vault, now: datetime
) -> Iterator[Batch]:
    """Yield the rows of a file."""
    parameters = time_parameters(settings, source, now)
    return csv_batches.batches(
        reading,
        TABLE,
        time_preparations(parameters),
        parameters,
        lambda records: incoming(records, source, reading, vault),
        with_ids,
    )


def listen(source: InteractionSource, reading: CsvReading, vault: Vault) -> None:
    """Read a file for its identifiers alone; the vault hears each of them."""
    for records in reading.records():
        incoming(records, source, reading, vault)


def load_parameters() -> dict[str, Any]:
    """Return what the SQL section `load` needs to know."""
    return {"channels": list(CHANNELS)}


def incoming(
    records: Records, source: InteractionSource, reading: CsvReading, vault: Vault
) -> pa.Table:
    """Return records with numbers in place of texts, but for the time.

    Columns: line_number, source_, target_ and space_identifier_id (int64; NULL of an empty text),
    channel_number (the position in CHANNELS), own_event_hash (of the file's own event id; NULL
    without one), occurred_at (text), minutes (NaN of what are none) and is_mutual (NULL of what is
    neither). What the file has no column for is untyped NULL.
    """
    ids = reading.ids_by("people", vault.resolve)
    spaces = reading.ids_by("spaces", partial(vault.resolve_spaces, source.name))

    channel = source.channel

    def numbers(texts: Sequence[str]) -> list[int]:
        return [_channel_number(text, channel) for text in texts]

    channel_numbers = meaning_of(records, "channel", numbers, pa.uint8())
    if pa.types.is_null(channel_numbers.type):
        own = pa.scalar(_channel_number("", channel), pa.uint8())
        channel_numbers = pa.repeat(own, len(records.lines))
    is_mutual = meaning_of(records, "mutual", _flags, pa.bool_())
    if pa.types.is_null(is_mutual.type):
        is_mutual = pa.repeat(pa.scalar(False), len(records.lines))
    return pa.table(
        {
            "line_number": pa.array(records.lines),
            "source_identifier_id": meaning_of(records, "source", ids, pa.int64()),
            "target_identifier_id": meaning_of(records, "target", ids, pa.int64()),
            "space_identifier_id": meaning_of(records, "space", spaces, pa.int64()),
            "channel_number": channel_numbers,
            "own_event_hash": _own_event_hashes(
                texts_of(records, "event_id"), vault.fingerprint("event_id", source.name)
            ),
            "occurred_at": texts_of(records, "occurred_at"),
            "minutes": meaning_of(records, "minutes", _minutes, pa.float64()),
            "is_mutual": is_mutual,
        }
    )


def _own_event_hashes(texts: pa.Array, key: bytes) -> pa.Array:
    """Return 63 bits of keyed SipHash of each text, NULL of an empty one."""
    if pa.types.is_null(texts.type):
        return texts
    # Takes half a second to import, and only files with ids of their own need it.
    from pandas.util import hash_array

    trimmed = pc.utf8_trim_whitespace(texts)
    hashes = hash_array(
        trimmed.to_numpy(zero_copy_only=False), hash_key=key[:8].hex(), categorize=False
    )
    return pa.array((hashes >> 1).astype(np.int64), mask=pc.equal(trimmed, "").to_numpy(False))


def _minutes(texts: Sequence[str]) -> list[float | None]:
    return [minutes_of(text) for text in texts]


def _flags(texts: Sequence[str]) -> list[bool | None]:
    return [flag_of(text, empty=False) for text in texts]


def _channel_number(text: str, channel: str | None) -> int:
    """Return the position of a channel in CHANNELS; that of `pair` of one that is none of them."""
    said = text.strip().casefold() or channel
    return CHANNELS.index(said) if said in CHANNELS else _PAIR


def with_ids(typed: pa.Table) -> pa.Table:
    """Return typed rows with event_id, record_id and content_hash, without own_event_hash.

    An event is known by its own id, if the file has one, else by channel, source and time: the same
    mail in two sources is one event. Each row of `contact` is an event of its own.
    """
    numbers = typed.column("channel_number").to_numpy()
    source = whole(typed, "source_identifier_id", NOBODY)
    target = whole(typed, "target_identifier_id", NOBODY)
    occurred_at = typed.column("occurred_at").cast(pa.int64()).to_numpy()
    event = event_ids(numbers, whole(typed, "own_event_hash", UNKNOWN), source, occurred_at)
    is_contact = numbers == _CONTACT
    if is_contact.any():
        event = np.where(is_contact, mixed(event, source, target, occurred_at), event)
    record = mixed(event, target)
    minutes = pc.fill_null(typed.column("minutes"), -1.0).to_numpy() + 0.0
    content = mixed(
        record,
        source,
        occurred_at,
        minutes.view(np.int64),
        typed.column("is_mutual").to_numpy().astype(np.int64),
        whole(typed, "space_identifier_id", UNKNOWN),
    )
    kept = typed.drop_columns(["own_event_hash"])
    for name, values in (("event_id", event), ("record_id", record), ("content_hash", content)):
        kept = kept.append_column(name, pa.array(values))
    return kept
