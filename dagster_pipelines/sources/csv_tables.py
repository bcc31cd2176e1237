"""Small formats in CSV whose columns are declared as data: a record is a row of one raw table.

A format's module says which columns there are and what makes an event of a row; here every record
becomes a row, or is rejected with a reason, or is excluded by a named rule. The files have
thousands of rows, not millions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.hashing import digest_of
from dagster_pipelines.settings import Settings, TableSource
from dagster_pipelines.sources import reasons
from dagster_pipelines.sources.batches import Batch
from dagster_pipelines.sources.csv_batches import parted, rejected_by_reader
from dagster_pipelines.sources.csv_kinds import Column, Kind, Meanings
from dagster_pipelines.sources.csv_layout import Dialect
from dagster_pipelines.sources.csv_reading import Columns, CsvReading, texts_of
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sources.written_times import WrittenTimes
from dagster_pipelines.vault import Vault

_OF_PEOPLE = (Kind.IDENTIFIER, Kind.IDENTIFIERS)


def as_read(records: Records) -> Records:
    """Return records as they are."""
    return records


def as_typed(rows: pa.Table, vault: Vault) -> pa.Table:
    """Return rows as they are."""
    del vault
    return rows


def never(rows: pa.Table) -> pa.Array:
    """Return no rule for any row."""
    return pa.nulls(len(rows), pa.string())


@dataclass(frozen=True)
class Shape:
    """What a format reads, and what it makes of it.

    Parameters
    ----------
    table
        The raw table of its rows.
    columns
        Its columns; of several reasons against a record, that of the first column counts.
    known_by
        The stored columns that make a record: rows that agree in them are versions of one.
    period
        The columns of a first and a last day, where there are two.
    before
        What must happen to texts before anybody looks at them.
    rule
        By which rule each row is left out, NULL of one that is not. Among its columns is `reason`.
    finished
        Good rows with what follows from their columns.
    """

    table: str
    columns: Sequence[Column]
    known_by: Sequence[str]
    period: tuple[str, str] | None = None
    before: Callable[[Records], Records] = as_read
    rule: Callable[[pa.Table], pa.Array] = never
    finished: Callable[[pa.Table, Vault], pa.Table] = as_typed

    def open_file(self, source: TableSource, path: Path, where: str) -> CsvReading:
        """Open a file of a source and bind its columns.

        Raises
        ------
        UsageError
            The file is no CSV that can be read, or lacks a column.
        """
        dialect = Dialect(source.delimiter, source.quote, source.encoding)
        known = [column.name for column in self.columns]
        needed = [column.name for column in self.columns if column.is_needed]
        columns = Columns(known=known, required=needed, coded=known)
        return CsvReading(path, dialect, source.columns, columns, source.exclude, where)

    def batches(
        self,
        settings: Settings,
        source: TableSource,
        reading: CsvReading,
        vault: Vault,
        now: datetime,
    ) -> Iterator[Batch]:
        """Yield the rows of a file."""
        with WrittenTimes(settings, source, now) as times:
            meanings = Meanings(source, reading, vault, times)
            for records in reading.records():
                yield self._batch(records, meanings, vault)

    def listen(self, source: TableSource, reading: CsvReading, vault: Vault) -> None:
        """Read a file for its identifiers alone; the vault hears each of them."""
        meanings = Meanings(source, reading, vault)
        for records in reading.records():
            for column in self.columns:
                if column.kind in _OF_PEOPLE:
                    _meaning(column, self.before(records), meanings)

    def load_parameters(self) -> dict[str, Any]:
        """Return what the SQL section `load` needs to know beside the file and the source."""
        return {}

    def _batch(self, records: Records, meanings: Meanings, vault: Vault) -> Batch:
        rejected = rejected_by_reader(records)
        if not len(records.lines):
            return Batch({}, rejected, records.excluded)
        typed = self._typed(self.before(records), meanings)
        rules = self.rule(typed)
        excluded = Counter(rule for rule in rules.to_pylist() if rule is not None)
        good, bad = parted(typed.filter(pc.is_null(rules)))
        rows = self._identified(self.finished(good, vault))
        return Batch(
            {self.table: rows}, pa.concat_tables([rejected, bad]), records.excluded + excluded
        )

    def _typed(self, records: Records, meanings: Meanings) -> pa.Table:
        """Return what records mean: line_number, the stored columns, and the reason against it."""
        columns: dict[str, pa.Array] = {"line_number": pa.array(records.lines)}
        against: list[pa.Array] = []
        for column in self.columns:
            columns[column.stored_as], reason = _meaning(column, records, meanings)
            against.append(reason)
        if self.period:
            first, last = (columns[name] for name in self.period)
            is_backwards = pc.fill_null(pc.less(last, first), False)
            nothing = pa.scalar(None, pa.string())
            against.append(pc.if_else(is_backwards, reasons.ENDS_BEFORE_IT_BEGINS, nothing))
        return pa.table({**columns, "reason": pc.coalesce(*against)})

    def _identified(self, rows: pa.Table) -> pa.Table:
        """Return rows with the hashes of what makes their record and of all that they say."""
        said = [name for name in rows.column_names if name != "line_number"]
        hashes = {"record_id": self.known_by, "content_hash": said}
        for name, hashed in hashes.items():
            rows = rows.append_column(name, _digests(rows.select(list(hashed))))
        return rows


def _meaning(column: Column, records: Records, meanings: Meanings) -> tuple[pa.Array, pa.Array]:
    """Return what each text of a column means, and the reason against it; each text once."""
    texts = texts_of(records, column.name)
    if isinstance(texts, pa.DictionaryArray):
        distinct, places = texts.dictionary.to_pylist(), texts.indices
    else:
        # The file has no such column.
        distinct, places = [""], pa.repeat(pa.scalar(0, pa.int32()), len(records.lines))
    found = meanings.of(column, distinct)
    values = pa.array([one.value for one in found], column.kind.type)
    against = pa.array([one.reason for one in found], pa.string())
    return values.take(places), against.take(places)


def _digests(rows: pa.Table) -> pa.Array:
    columns = [column.to_pylist() for column in rows.columns]
    return pa.array([digest_of(*values) for values in zip(*columns, strict=True)], pa.int64())
