"""A full disk and a damaged database, however they make themselves known."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import cli
from dagster_pipelines.causes import DAMAGED, FULL_DISK, cause_in, cause_of
from dagster_pipelines.command_line import actions
from dagster_pipelines.sqlfiles import repository

# Writes until the limit of its files' size stops it, and says what cause is seen.
WRITERS = {
    "duckdb": """
        import duckdb
        duckdb.connect(path).execute("create table t as select random() from range(1000000)")
    """,
    "duckdb's parquet": """
        import duckdb
        duckdb.sql("select random() from range(1000000)").write_parquet(path)
    """,
    "sqlite": """
        import sqlite3
        connection = sqlite3.connect(path)
        connection.execute("create table t (a)")
        connection.executemany("insert into t values (?)", ((i,) for i in range(1000000)))
        connection.commit()
    """,
    "python": """
        open(path, "wb").write(bytes(1000000))
    """,
}
CHILD = """
import resource, signal, sys
from dagster_pipelines.causes import cause_of
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
path = sys.argv[1]
try:
{work}
except Exception as error:
    print(cause_of(error))
"""


@pytest.mark.parametrize("writer", WRITERS)
def test_whoever_has_no_room_a_full_disk_is_seen(tmp_path: Path, writer: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(work=WRITERS[writer]), str(tmp_path / "file")],
        cwd=repository(),
        env={**os.environ, "PYTHONPATH": str(repository())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == FULL_DISK, done.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_what_the_system_says_of_a_full_disk_is_seen_behind_other_errors(number: int) -> None:
    error = RuntimeError("a step failed")
    error.__cause__ = OSError(number, os.strerror(number))
    assert cause_of(error) == FULL_DISK


def test_a_damaged_database_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "one.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("create table t as select range as a from range(1000)")
    path.write_bytes(path.read_bytes()[:4096] + b"x" + path.read_bytes()[4097:])
    with pytest.raises(duckdb.Error) as caught:
        duckdb.connect(str(path))
    assert cause_of(caught.value) == DAMAGED
    lite = tmp_path / "one.db"
    lite.write_bytes(b"not a database" * 100)
    with closing(sqlite3.connect(lite)) as connection, pytest.raises(sqlite3.Error) as known:
        connection.execute("select * from sqlite_master")
    assert cause_of(known.value) == DAMAGED


@pytest.mark.parametrize(
    "error",
    [
        ValueError("No space left on device"),
        OSError(errno.EACCES, "Permission denied"),
        duckdb.ConversionException("Could not convert string 'corn' to INT32"),
        None,
    ],
)
def test_other_errors_are_not_taken_for_one_of_these(error: Exception | None) -> None:
    assert cause_of(error) is None


def test_what_dbt_says_of_a_database_is_understood() -> None:
    assert cause_in("Runtime Error\n  IO Error: No space left on device") == FULL_DISK
    assert cause_in("Runtime Error in model x\n  Binder Error: no such column") is None


def test_a_full_disk_ends_any_command_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def status(_: Path) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    monkeypatch.setattr(actions, "status", status)
    assert cli.run(["status"]) == 1
    assert capsys.readouterr().err == f"tacit: {FULL_DISK[0].upper()}{FULL_DISK[1:]}.\n"
