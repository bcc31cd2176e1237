"""One file into the staging tables of a connection: the rows that a format's module makes of it.

Shared by loading and by checking without storing. Nothing here knows the manifest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from dagster_pipelines.errors import UsageError
from dagster_pipelines.hashing import Integers
from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.batches import REJECTED, Reading
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect_in_memory

_FARTHEST_BEHIND = timedelta(days=3653)
"""How much younger than the clock a file may be and still be believed."""


@dataclass(frozen=True)
class Staged:
    """What a file holds: its rows wait in tables called `staged_…`, these are the others.

    `rejected` has the columns of REJECTED, `excluded` counts records by rule. `records` is the
    independent count, `content_hashes` are those of the rows that wait, by raw table.
    """

    sha256: str
    size: int
    exported_at: datetime
    records: int
    rejected: Sequence[pa.Table]
    excluded: Counter[str]
    content_hashes: Mapping[str, Sequence[Integers]]

    @property
    def rows(self) -> int:
        """Number of rows that wait, the identical ones among them."""
        return sum(len(hashes) for table in self.content_hashes.values() for hashes in table)

    def rejected_table(self) -> pa.Table:
        """Return place and reason of every rejected record, in their order."""
        return pa.concat_tables([REJECTED.empty_table(), *self.rejected]).sort_by("position")

    def reasons(self) -> Counter[str]:
        """Return the number of rejected records by reason."""
        return Counter(self.rejected_table().column("reason").to_pylist())


_PATTERNS = {
    "date_format": "'%d/%m/%Y'",
    "time_format": "'%d/%m/%Y %H:%M', epoch_s or epoch_ms",
}
"""Settings that hold a pattern, and what a right one looks like."""


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
            for name, right in _PATTERNS.items():
                pattern = getattr(source, name, None)
                if pattern in (None, "epoch_s", "epoch_ms") or _is_pattern(connection, pattern):
                    continue
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
    source: Source,
    reading: Reading,
    vault: Vault,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Staged:
    """Read an open file to its end into the staging tables of a connection.

    `now` is the time of the run in UTC. `progress` is told the bytes read so far.

    Raises
    ------
    UsageError
        The file is none that can be read.
    JobError
        The file cannot be read to its end, or was written to meanwhile.
    """
    format_ = FORMATS[source.format]
    sql = {table: statements(SQL / "raw" / f"{table}.sql") for table in format_.TABLES}
    for table in format_.TABLES:
        connection.execute(sql[table]["stage"])
    rejected: list[pa.Table] = []
    excluded: Counter[str] = Counter()
    content_hashes: dict[str, list[Integers]] = {table: [] for table in format_.TABLES}
    # An export is not younger than what it holds. If it is younger than the clock, the clock may be
    # behind, and what was exported must not be taken for what is to come.
    horizon = max(now, min(reading.exported_at, now + _FARTHEST_BEHIND))
    for batch in format_.batches(settings, source, reading, vault, horizon):
        rejected.append(batch.rejected)
        excluded += batch.excluded
        for table, rows in batch.rows.items():
            content_hashes[table].append(rows.column("content_hash").to_numpy())
            _keep(connection, sql[table]["keep"], rows)
        progress(reading.bytes_read)
    return Staged(
        reading.sha256,
        reading.size,
        reading.exported_at,
        reading.records_counted,
        rejected,
        excluded,
        content_hashes,
    )


def _keep(connection: duckdb.DuckDBPyConnection, sql: str, rows: pa.Table) -> None:
    connection.register("typed_rows", rows)
    try:
        connection.execute(sql)
    finally:
        connection.unregister("typed_rows")
