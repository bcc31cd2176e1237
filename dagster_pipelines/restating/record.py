"""What is remembered of what was published: a database for each generation, for the job alone.

Here belongs where it lies and how it comes into being: with the candidate, and under the name of
the generation before anybody can see that. It holds pseudonyms and what people had when a cell was
stated, and never enters `published`. A record that is not there means that nothing is known of
what was published before: all is stated anew.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from dagster_pipelines.durable import flush
from dagster_pipelines.restating import tables
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import attach

FOLDER = "stated"
SHAPE = 2
"""Goes up when tables of a record change, or when what they hold cannot be compared any more."""

STEPS = SQL / "restating" / "record.sql"


def record_of(folder: Path) -> Path:
    """Return the record of a candidate or generation, a folder in `published`, there or not."""
    return folder.parent.parent / FOLDER / f"{folder.name}.duckdb"


def restate_candidate(
    connection: duckdb.DuckDBPyConnection, candidate: Path, last: Path | None
) -> None:
    """Leave in a candidate what may be stated beside what was, and write down what that is.

    Parameters
    ----------
    connection
        Has the databases `warehouse` and `candidate`, the latter filled with what the former says.
    candidate
        The folder of the candidate.
    last
        The generation that was promoted last.
    """
    steps = statements(STEPS)
    record = record_of(candidate)
    record.parent.mkdir(mode=0o700, exist_ok=True)
    record.unlink(missing_ok=True)
    attach(connection, record, "stated", "read_write")
    connection.execute(steps["declare"])
    [(least, fingerprint)] = connection.execute(steps["parameters"]).fetchall()
    state = 1
    has_before = last is not None and record_of(last).exists()
    if last is not None and has_before:
        attach(connection, record_of(last), "before")
        [(shape, before, of_parameters)] = connection.execute(steps["about"]).fetchall()
        state = before + 1
        # Another definition makes other numbers: there is nothing to compare.
        has_before = (shape, of_parameters) == (SHAPE, fingerprint)
    for table in (*tables.OF_SEGMENTS, *tables.OF_PAIRS, *tables.ALONE):
        tables.restate(connection, table, state, least, has_before=has_before)
    connection.execute(steps["remember"], [SHAPE, state, fingerprint])
    connection.execute(steps["counts"])
    connection.execute("detach stated")
    connection.execute("detach database if exists before")
    record.chmod(0o600)
    flush(record)


def can_be_compared(record: Path) -> bool:
    """Tell whether a record is there, and of the shape that this version writes."""
    if not record.exists():
        return False
    with closing(duckdb.connect(str(record), read_only=True)) as connection:
        return connection.execute("select shape from about").fetchall() == [(SHAPE,)]


def promote_record(candidate: Path, generation: Path) -> None:
    """Give the record of a candidate the name of the generation that it becomes."""
    record = record_of(candidate)
    if record.exists():
        record.rename(record_of(generation))
        flush(record.parent)


def clear_records(published: Path) -> None:
    """Remove the records of what is not there any more."""
    for record in (published.parent / FOLDER).glob("*.duckdb*"):
        name = record.name.partition(".duckdb")[0]
        if not (published / name).exists():
            record.unlink()


def forget(settings: Settings) -> int:
    """Remove all records, so that the next publication states everything anew; return how many.

    Whoever has kept a publication can then compare the two: see docs/disclosure.md.
    """
    records = list((settings.data_path / FOLDER).glob("*.duckdb"))
    for record in records:
        record.unlink()
    return len(records)
