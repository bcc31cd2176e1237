"""CSV rosters: who works here, under whom, where and since when. Names are never read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import ROSTER_COLUMNS, RosterSource, Settings
from dagster_pipelines.sources import csv_batches
from dagster_pipelines.sources.batches import Batch
from dagster_pipelines.sources.csv_layout import Dialect
from dagster_pipelines.sources.csv_reading import (
    Columns,
    CsvReading,
    meaning_of,
    texts_of,
    unit_of,
)
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sources.times import date_preparations
from dagster_pipelines.vault import Vault

FORMAT = "roster_csv"
TABLE = "roster_csv_rows"
TABLES = {
    TABLE: "Rows of CSV rosters: who works here, where, under whom and since when. No names.",
}
KIND = "csv"
IS_REGISTER = True
UNITS = ("team", "department", "discipline", "location", "work_mode")
DATES = ("hired_on", "left_on", "valid_from", "valid_to", "snapshot_date")

_SEPARATORS = re.compile(r"[;,|\s]+")
_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def columns_of(source: RosterSource) -> Columns:
    """Return the columns that are read; a day in the file's name is not looked for in a column."""
    known = [name for name in ROSTER_COLUMNS if name != "snapshot_date" or not source.snapshot_date]
    return Columns(known=known, required=("person_id",), coded=known)


def open_file(source: RosterSource, path: Path, where: str) -> CsvReading:
    """Open a file of a source and bind its columns.

    Raises
    ------
    UsageError
        The file is no CSV that can be read, lacks a column, or its name does not tell the day.
    """
    if source.snapshot_date:
        day_in_name(path, where)
    dialect = Dialect(source.delimiter, source.quote, source.encoding)
    return CsvReading(path, dialect, source.columns, columns_of(source), source.exclude, where)


def day_in_name(path: Path, where: str) -> date:
    """Return the one date in a file's name, as YYYY-MM-DD or YYYYMMDD.

    Raises
    ------
    UsageError
        The name holds no date, more than one, or one that does not exist.
    """
    days: set[date] = set()
    for found in _DATE_IN_NAME.finditer(path.name):
        try:
            days.add(date(*map(int, found.groups())))
        except ValueError:
            continue
    if len(days) != 1:
        raise UsageError(
            f"{where}: `snapshot_date: file_name` needs exactly one date in the file's name, such"
            " as roster-2026-03-01.csv."
        )
    return days.pop()


def batches(
    settings: Settings, source: RosterSource, reading: CsvReading, vault: Vault, now: datetime
) -> Iterator[Batch]:
    """Yield the rows of a file."""
    del settings, now
    return csv_batches.batches(
        reading,
        TABLE,
        date_preparations(source.date_format),
        _parameters(source, reading),
        lambda records: incoming(records, reading, vault),
        lambda typed: typed,
    )


def listen(source: RosterSource, reading: CsvReading, vault: Vault) -> None:
    """Read a file for its identifiers alone; the vault hears each of them."""
    del source
    for records in reading.records():
        incoming(records, reading, vault)


def _parameters(source: RosterSource, reading: CsvReading) -> dict[str, Any]:
    """Return what the SQL section `read` needs to know."""
    day = day_in_name(reading.path, reading.file.where) if source.snapshot_date else None
    return {
        "source_name": source.name,
        "date_format": source.date_format or "",
        "grades": source.grades,
        "snapshot_on": day,
        "is_snapshot": is_snapshot(source, reading),
        "is_dated": "valid_from" in reading.bound,
    }


def is_snapshot(source: RosterSource, reading: CsvReading) -> bool:
    """Return whether each row of a file says of which day it is."""
    return source.snapshot_date is not None or "snapshot_date" in reading.bound


def load_parameters() -> dict[str, Any]:
    """Return what the SQL section `load` needs to know."""
    return {}


def incoming(records: Records, reading: CsvReading, vault: Vault) -> pa.Table:
    """Return records with identifiers in place of texts; dates and levels still as text.

    Columns: line_number; person_, email_ and manager_identifier_id (int64; NULL of an empty text);
    alternate_identifier_ids (list); smallest_identifier_id, below 1 where a text can be no
    identifier; the units (NULL where unknown); job_level and the dates (text).
    """
    ids = reading.ids_by("people", vault.resolve)

    found = {
        name: meaning_of(records, name, ids, pa.int64())
        for name in ("person_id", "email", "manager_id")
    }
    alternates = meaning_of(
        records, "alternate_ids", partial(_alternates, ids=ids), pa.list_(pa.int64())
    )
    alternate_lists = [value or [] for value in alternates.to_pylist()]
    singles = zip(*(column.to_pylist() for column in found.values()), strict=True)
    smallest = [
        min((value for value in (*single, *others) if value is not None), default=None)
        for single, others in zip(singles, alternate_lists, strict=True)
    ]
    table = {
        "line_number": pa.array(records.lines),
        "person_identifier_id": found["person_id"],
        "email_identifier_id": found["email"],
        "manager_identifier_id": found["manager_id"],
        "alternate_identifier_ids": pa.array(alternate_lists, pa.list_(pa.int64())),
        "smallest_identifier_id": pa.array(smallest, pa.int64()),
    }
    for name in UNITS:
        table[name] = meaning_of(records, name, _units, pa.string())
    for name in ("job_level", *DATES):
        table[name] = texts_of(records, name)
    return pa.table(table)


def _units(texts: Sequence[str]) -> list[str | None]:
    return [unit_of(text) for text in texts]


def _alternates(
    texts: Sequence[str], ids: Callable[[Sequence[str]], list[int | None]]
) -> list[list[int]]:
    """Return the ids of lists of identifiers, each once in its list, in order of id."""
    lists = [[part for part in _SEPARATORS.split(text) if part] for text in texts]
    # All in one call: one for each row would take minutes.
    distinct = list(dict.fromkeys(chain.from_iterable(lists)))
    known = dict(zip(distinct, ids(distinct), strict=True))
    return [sorted({known[part] for part in parts if known[part] is not None}) for parts in lists]
