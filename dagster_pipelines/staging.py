"""One file into the staging table: texts become ids, times and numbers; the rest is rejected.

Shared by loading and by checking without storing. Nothing here knows the manifest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.errors import UsageError
from dagster_pipelines.hashing import Integers
from dagster_pipelines.settings import InteractionSource, RosterSource, Settings
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.csv_reading import CsvReading
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect_in_memory


@dataclass(frozen=True)
class Staged:
    """What a file holds: its rows wait in the table `staged`, these are the others.

    `rejected` has the columns `line_number` and `reason`, `excluded` counts records by rule.
    `records` is the independent count, `content_hashes` are those of the rows that wait.
    """

    sha256: str
    size: int
    exported_at: datetime
    records: int
    rejected: Sequence[pa.Table]
    excluded: Counter[str]
    content_hashes: Sequence[Integers]

    @property
    def rows(self) -> int:
        """Number of rows that wait, the identical ones among them."""
        return sum(map(len, self.content_hashes))

    def rejected_table(self) -> pa.Table:
        """Return line and reason of every rejected record, by line."""
        return pa.concat_tables([REJECTED.empty_table(), *self.rejected]).sort_by("line_number")

    def reasons(self) -> Counter[str]:
        """Return the number of rejected records by reason."""
        return Counter(self.rejected_table().column("reason").to_pylist())


REJECTED = pa.schema([("line_number", pa.int64()), ("reason", pa.string())])


def refuse_unreadable_patterns(settings: Settings) -> None:
    """See that every declared pattern of times or dates is one that DuckDB reads.

    Raises
    ------
    UsageError
        A pattern is none.
    """
    connection = connect_in_memory()
    try:
        for source in settings.sources:
            is_roster = isinstance(source, RosterSource)
            name = "date_format" if is_roster else "time_format"
            pattern = getattr(source, name)
            is_epoch = not is_roster and pattern in ("epoch_s", "epoch_ms")
            if not (pattern is None or is_epoch or _is_pattern(connection, pattern)):
                right = "'%d/%m/%Y'" if is_roster else "'%d/%m/%Y %H:%M', epoch_s or epoch_ms"
                raise UsageError(
                    f"sources[{source.name}].{name}: {pattern!r} is not a strptime pattern; write"
                    f" one such as {right}."
                )
    finally:
        connection.close()


def _is_pattern(connection: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    try:
        connection.execute("select try_strptime('', ?)", [pattern])
    except duckdb.Error:
        return False
    return "%" in pattern


def stage_file(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: RosterSource | InteractionSource,
    reading: CsvReading,
    vault: Vault,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Staged:
    """Read an open file to its end into the temporary table `staged` of a connection.

    The connection never sees a text that may name somebody: those are typed in a database of its
    own that has no disk to put them on, however little memory there is.

    `now` is the time of the run in UTC. `progress` is told the bytes read so far.

    Raises
    ------
    UsageError
        The file is no CSV that can be read.
    JobError
        The file cannot be read to its end, or was written to meanwhile.
    """
    format_ = FORMATS[source.format]
    sql = statements(SQL / "raw" / f"{format_.TABLE}.sql")
    connection.execute(sql["stage"])
    parameters = format_.parameters(settings, source, reading, vault, now)
    rejected: list[pa.Table] = []
    excluded: Counter[str] = Counter()
    content_hashes: list[Integers] = []
    with closing(connect_in_memory()) as diskless:
        for section, needed in format_.preparations(source, parameters).items():
            diskless.execute(sql[section], needed)
        for records in _one_ahead(reading.records()):
            if records.rejected:
                rejected.append(_rejected_by_reader(records))
            excluded += records.excluded
            if len(records.lines):
                incoming = format_.incoming(records, source, reading, vault)
                typed = _typed(diskless, sql["read"], parameters, incoming)
                good, bad = _parted(typed)
                rejected.append(bad)
                rows = format_.with_ids(good)
                content_hashes.append(rows.column("content_hash").to_numpy())
                _keep(connection, sql["keep"], rows)
            progress(reading.file.size)
    file = reading.file
    return Staged(
        file.sha256,
        file.size,
        file.exported_at,
        file.records,
        rejected,
        excluded,
        content_hashes,
    )


def _one_ahead(batches: Iterator[Records]) -> Iterator[Records]:
    """Yield batches while a thread reads the next: hashing and parsing leave Python's lock."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = thread.submit(next, batches, None)
            yield batch


def _rejected_by_reader(records: Records) -> pa.Table:
    lines, why = zip(*records.rejected, strict=True)
    return pa.table([pa.array(lines, pa.int64()), pa.array(why, pa.string())], schema=REJECTED)


def _typed(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any], incoming: pa.Table
) -> pa.Table:
    """Run the section `read` over one batch of records."""
    connection.register("incoming", incoming)
    try:
        return connection.execute(sql, parameters).to_arrow_table()
    finally:
        connection.unregister("incoming")


def _parted(typed: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Part typed rows into good ones, and line and reason of the others."""
    reason = typed.column("reason")
    rows = typed.drop_columns(["reason"])
    if reason.null_count == len(typed):
        return rows, REJECTED.empty_table()
    is_good = pc.is_null(reason)
    bad = typed.filter(pc.invert(is_good)).select(REJECTED.names).cast(REJECTED)
    return rows.filter(is_good), bad


def _keep(connection: duckdb.DuckDBPyConnection, sql: str, rows: pa.Table) -> None:
    connection.register("typed_rows", rows)
    try:
        connection.execute(sql)
    finally:
        connection.unregister("typed_rows")
