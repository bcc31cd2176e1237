"""Opening a CSV export: its layout, its columns, its records. Shared by all formats in CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from dagster_pipelines.identifiers import trim
from dagster_pipelines.sources import csv_exclusions
from dagster_pipelines.sources.closing import Closing
from dagster_pipelines.sources.csv_columns import bind
from dagster_pipelines.sources.csv_file import CsvFile
from dagster_pipelines.sources.csv_layout import FIELD_LIMIT, UNDECODABLE, Dialect
from dagster_pipelines.sources.csv_records import RecordReader, Records

NO_IDENTIFIER = 0
"""Stands for a text that no identifier can be: one with a control character in it."""

TOO_LONG = -1
"""Stands for a text that is longer than a field may be."""

_MOST_TEXTS_KEPT = 1_000_000
_CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f{UNDECODABLE}]")


@dataclass(frozen=True)
class Columns:
    """What a format reads: all its columns, those that a file must have, those that come coded."""

    known: Sequence[str]
    required: Sequence[str]
    coded: Sequence[str]


class CsvReading(Closing):
    """One pass over one file of a source. `bound` maps our columns to positions in the header.

    `mapped` are the file's names of our columns, `exclude` the rules by which records are left out.
    """

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        mapped: Mapping[str, str],
        columns: Columns,
        exclude: csv_exclusions.Rules,
        where: str,
    ) -> None:
        self.path = path
        self._exclude = exclude
        self.file = CsvFile(path, dialect, where)
        try:
            header = self.file.header
            self.bound = bind(header, mapped, columns.known, columns.required, where)
            looked_at = csv_exclusions.columns_of(exclude)
            looked_at_in = bind(header, looked_at, list(looked_at), (), where)
        except BaseException:
            self.file.close()
            raise
        self._ids: dict[str, IdentifierIds] = {}
        self._reader = RecordReader(
            dialect, self.bound | looked_at_in, (*columns.coded, *looked_at), len(header)
        )

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    @property
    def size_on_disk(self) -> int:
        """Bytes of the file when it was opened."""
        return self.file.size_on_disk

    @property
    def bytes_read(self) -> int:
        """Bytes read so far."""
        return self.file.size

    @property
    def size(self) -> int:
        """Bytes of the file, once it is read."""
        return self.file.size

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's bytes, once it is read."""
        return self.file.sha256

    @property
    def exported_at(self) -> datetime:
        """When the file was last written, in UTC without saying so."""
        return self.file.exported_at

    @property
    def records_counted(self) -> int:
        """The independent count of records, once the file is read."""
        return self.file.records

    @property
    def header_binding(self) -> dict[str, str]:
        """Our columns and what the file calls each."""
        return {name: self.file.header[position] for name, position in self.bound.items()}

    def ids_by(self, purpose: str, resolve: Callable[[Sequence[str]], list[int]]) -> IdentifierIds:
        """Return what gives the ids of texts, the same for a purpose through the whole file."""
        return self._ids.setdefault(purpose, IdentifierIds(resolve))

    def records(self) -> Iterator[Records]:
        """Yield all records, piece by piece."""
        for piece in self.file.pieces():
            yield csv_exclusions.part(self._reader.read(piece), self._exclude)


def texts_of(records: Records, name: str) -> pa.Array:
    """Return a column as it was read; one of untyped NULL where the file has none of that name."""
    if name not in records.table.column_names:
        return pa.nulls(len(records.lines))
    column = records.table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.unify_dictionaries().combine_chunks()


def meaning_of(
    records: Records, name: str, meaning: Callable[[list[str]], list], type_: pa.DataType
) -> pa.Array:
    """Return what each text of a coded column means; `meaning` gets the distinct texts once.

    Where the file has no such column, the result is a column of untyped NULL.
    """
    column = texts_of(records, name)
    if not isinstance(column, pa.DictionaryArray):
        return column
    return pa.array(meaning(column.dictionary.to_pylist()), type_).take(column.indices)


class IdentifierIds:
    """Ids of texts: None of an empty one, NO_IDENTIFIER or TOO_LONG of an impossible one.

    `resolve` is asked about each text once, as long as the texts are not too many to be kept.
    """

    def __init__(self, resolve: Callable[[Sequence[str]], list[int]]) -> None:
        self._resolve = resolve
        self._known: dict[str, int | None] = {}

    def __call__(self, texts: Sequence[str]) -> list[int | None]:
        """Return the id of each text."""
        if len(self._known) > _MOST_TEXTS_KEPT:
            self._known.clear()
        new = [text for text in texts if text not in self._known]
        self._known |= {text: refused(text) for text in new}
        good = [text for text in new if self._known[text] is None and not is_empty(text)]
        if good:
            self._known |= zip(good, self._resolve(good), strict=True)
        return [self._known[text] for text in texts]


def refused(text: str) -> int | None:
    """Return NO_IDENTIFIER or TOO_LONG of a text that can name nothing, None of any other."""
    if len(text) > FIELD_LIMIT:
        return TOO_LONG
    return NO_IDENTIFIER if _CONTROL.search(text) and _CONTROL.search(trim(text)) else None


def is_empty(text: str) -> bool:
    """Return whether a text says nothing."""
    return not (text.strip() if text.isascii() else trim(text))


def unit_of(text: str) -> str | None:
    """Return a unit's name, trimmed and NFC; None of an empty one."""
    return trim(text) or None
