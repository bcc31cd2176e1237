"""From records of CSV to typed rows: texts become ids, times and numbers, or are rejected.

A table's SQL section `read` does the typing, in a database of its own that has no disk to put texts
on, however little memory there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.sources.batches import REJECTED, Batch
from dagster_pipelines.sources.csv_reading import CsvReading
from dagster_pipelines.sources.csv_records import Records
from dagster_pipelines.sources.times import Preparation
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import connect_in_memory


def batches(
    reading: CsvReading,
    table: str,
    preparations: Sequence[Preparation],
    parameters: Mapping[str, Any],
    incoming: Callable[[Records], pa.Table],
    with_ids: Callable[[pa.Table], pa.Table],
) -> Iterator[Batch]:
    """Yield the batches of a file, one for each piece of it.

    `preparations` must run before the section `read` of the table's SQL, whose `parameters` are
    these. `incoming` makes its input of records, `with_ids` adds the ids to the rows that it found
    good.
    """
    sql = statements(SQL / "raw" / f"{table}.sql")
    with closing(connect_in_memory()) as diskless:
        for one in preparations:
            diskless.execute(one.sql, dict(one.parameters))
        for records in _one_ahead(reading.records()):
            rejected = [rejected_by_reader(records)]
            rows = {}
            if len(records.lines):
                typed = typed_by(diskless, sql["read"], parameters, incoming(records))
                good, bad = parted(typed)
                rows[table] = with_ids(good)
                rejected.append(bad)
            yield Batch(rows, pa.concat_tables(rejected), records.excluded)


def _one_ahead(batches: Iterator[Records]) -> Iterator[Records]:
    """Yield batches while a thread reads the next: hashing and parsing leave Python's lock."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = thread.submit(next, batches, None)
            yield batch


def rejected_by_reader(records: Records) -> pa.Table:
    """Return the place and reason of each record that the parser could not read."""
    lines, why = zip(*records.rejected, strict=True) if records.rejected else ((), ())
    return _rejected(pa.array(lines, pa.int64()), pa.array(why, pa.string()))


def typed_by(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, Any],
    incoming: pa.Table,
) -> pa.Table:
    """Run SQL that reads texts over a table `incoming`."""
    connection.register("incoming", incoming)
    try:
        return connection.execute(sql, dict(parameters)).to_arrow_table()
    finally:
        connection.unregister("incoming")


def parted(typed: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Part typed rows into good ones, and the place and reason of the others."""
    reason = typed.column("reason")
    rows = typed.drop_columns(["reason"])
    if reason.null_count == len(typed):
        return rows, REJECTED.empty_table()
    is_good = pc.is_null(reason)
    bad = typed.filter(pc.invert(is_good))
    return rows.filter(is_good), _rejected(bad.column("line_number"), bad.column("reason"))


def _rejected(lines: pa.Array, reasons: pa.Array) -> pa.Table:
    in_words = pc.binary_join_element_wise("line", lines.cast(pa.string()), " ")
    return pa.table([lines, in_words, reasons], schema=REJECTED)
