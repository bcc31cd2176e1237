"""The warehouse's database: its folders, its connections and the tables of schema `raw`.

Here belongs how a database file is opened and declared, and what is said when that fails. What
goes into the tables is `landing`'s business.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_pipelines.causes import cause_of, is_busy_database
from dagster_pipelines.errors import JobError, PassingError, TacitError, UsageError
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements

RAW_TABLES = (
    "sources",
    "parameters",
    "files",
    "quarantine",
    "roster_csv_rows",
    "interaction_csv_rows",
    "recognition_csv_rows",
    "feedback_csv_rows",
    "programmes_csv_rows",
    "enrolments_csv_rows",
    "sessions_csv_rows",
    "identities_csv_rows",
    "slack_messages",
    "slack_conversations",
    "slack_users",
    "stackexchange_posts",
    "identity_map",
)
"""Tables of schema `raw`; each is declared in the file of its name in `sql/raw/`."""

_PRIVATE_FOLDERS = ("dagster", "vault", "warehouse", "warehouse/tmp", "dbt", "stated")
_SHARED_FOLDERS = ("warehouse", "warehouse/tmp")
_MEMORY_SHARE = 0.7
_MEMORY_CAP_BYTES = 8_000_000_000


def warehouse_path(settings: Settings) -> Path:
    """Return the path of the warehouse's database file."""
    return settings.data_path / "warehouse" / "warehouse.duckdb"


def vault_path(settings: Settings) -> Path:
    """Return the path of the vault's database file."""
    return settings.data_path / "vault" / "vault.duckdb"


def prepare_folders(settings: Settings) -> None:
    """Make `data_dir` (0711: it can be passed, not listed), its folders (0700), `published` (0755).

    With `privacy.warehouse_group` the warehouse is that group's too: folders 2770, the file 0660.
    Without it, a warehouse that was shared is the owner's alone again.

    Raises
    ------
    UsageError
        A folder cannot be made where `data_dir` says, or cannot be given to the group.
    JobError
        The disk is full.
    """
    try:
        _make_folder(settings.data_path, 0o711)
        for name in _PRIVATE_FOLDERS:
            _make_folder(settings.data_path / name, 0o700)
        _make_folder(settings.data_path / "published", 0o755)
    except OSError as error:
        if why := cause_of(error):
            raise JobError(f"data_dir: {settings.data_path} cannot be made: {why}.") from None
        raise UsageError(
            f"data_dir: {settings.data_path} cannot be used ({error.strerror or 'no access'});"
            " name a folder that may be written."
        ) from None
    share_warehouse(settings)


def clear_spilled(settings: Settings) -> None:
    """Remove what processes that were killed had no room for in memory.

    DuckDB removes its own when it closes, and never another's. Call it with the warehouse open for
    writing and before anything is written: nobody else can have files there then.
    """
    for path in (settings.data_path / "warehouse" / "tmp").iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def share_warehouse(settings: Settings) -> None:
    """Give the warehouse to `privacy.warehouse_group`; without one, take back what was shared.

    Raises
    ------
    UsageError
        The group does not exist, or may not be given by this account.
    """
    group = settings.privacy.warehouse_group
    folders = [settings.data_path / name for name in _SHARED_FOLDERS]
    database = warehouse_path(settings)
    files = [path for path in (database, Path(f"{database}.wal")) if path.exists()]
    if group is None and not folders[0].stat().st_mode & stat.S_ISGID:
        return
    try:
        for folder in folders:
            _allow(folder, group, 0o2770 if group else 0o700)
        for file in files:
            _allow(file, group, 0o660 if group else 0o600)
    except LookupError:
        raise UsageError(
            f"privacy.warehouse_group: this machine has no group {group!r}; name one that exists."
        ) from None
    except OSError as error:
        raise UsageError(
            f"privacy.warehouse_group: the warehouse cannot be given to {group!r}"
            f" ({error.strerror}); name a group that the account of this job belongs to."
        ) from None


def _allow(path: Path, group: str | None, mode: int) -> None:
    if group is not None and path.group() != group:
        shutil.chown(path, group=group)
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def _make_folder(path: Path, mode: int) -> None:
    """Make a folder that has this mode from its first moment; leave one that is there as it is."""
    if not path.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.mkdir(mode=mode, exist_ok=True)
        path.chmod(mode)


def attach(
    connection: duckdb.DuckDBPyConnection, database: Path, name: str, options: str = "read_only"
) -> None:
    """Attach a database file by a name; ATTACH takes no parameters."""
    path = str(database).replace("'", "''")
    connection.execute(f"attach '{path}' as {name} ({options})")


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file; the caller closes it.

    The session's time zone is UTC, nothing is fetched from the network, what does not fit into
    memory goes into `tmp/` beside the file, a folder as private as the file.

    Raises
    ------
    PassingError
        Another process has the file open.
    JobError
        It cannot be opened.
    UsageError
        TACIT_THREADS or TACIT_MEMORY_LIMIT is not what it should be.
    """
    configuration = _configuration(path)
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=configuration)
    except duckdb.Error as error:
        if is_busy_database(error):
            raise PassingError(
                f"{path}: another process has this database open; close it and try again."
            ) from None
        why = cause_of(error) or "whatever it is, it is not of this version"
        raise JobError(f"{path}: cannot be opened as a database of DuckDB; {why}.") from None
    _begin_session(connection)
    return connection


def connect_in_memory() -> duckdb.DuckDBPyConnection:
    """Open a database that leaves nothing behind, not even what does not fit into memory."""
    connection = duckdb.connect(":memory:", config=_configuration(None))
    _begin_session(connection)
    return connection


def _configuration(path: Path | None) -> dict[str, str]:
    """Return the settings of a database at `path`, or in memory.

    Raises
    ------
    UsageError
        TACIT_THREADS or TACIT_MEMORY_LIMIT is not what it should be.
    """
    threads = os.environ.get("TACIT_THREADS") or str(os.cpu_count() or 1)
    if not re.fullmatch("[1-9][0-9]{0,3}", threads):
        raise UsageError("TACIT_THREADS is not a number of threads; write one such as 4.")
    memory = os.environ.get("TACIT_MEMORY_LIMIT") or _default_memory_limit()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", memory):
        raise UsageError("TACIT_MEMORY_LIMIT is not an amount of memory; write one such as 4GB.")
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": str(path.parent / "tmp") if path else "",
    }


def _default_memory_limit() -> str:
    """Return 70 % of the machine's memory, 8 GB at most, as DuckDB writes it."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        memory = _MEMORY_CAP_BYTES
    return f"{min(int(memory * _MEMORY_SHARE), _MEMORY_CAP_BYTES) // 1_000_000}MB"


def _begin_session(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set timezone = 'UTC'")
    connection.execute("set python_enable_replacements = false")
    # With it, large inserts are written twice: as they come, and again at the next checkpoint.
    connection.execute("set preserve_insertion_order = false")


@contextmanager
def plain_errors(doing: str) -> Iterator[None]:
    """Turn the errors of DuckDB and Arrow into sentences: their own texts quote values.

    `doing` begins the sentence: "The warehouse could not be written".

    Raises
    ------
    JobError
        The block failed in DuckDB or Arrow.
    """
    try:
        yield
    except TacitError:
        raise
    except duckdb.OutOfMemoryException:
        raise JobError(
            f"{doing}: memory ran out; raise TACIT_MEMORY_LIMIT (such as 4GB) or free some."
        ) from None
    except (duckdb.Error, pa.ArrowException) as error:
        raise JobError(f"{doing}: {_why(error)}.") from None


def _why(error: Exception) -> str:
    """Name the cause of a database's error without its text."""
    refused = f"the database refused ({type(error).__name__}); what was stored before stays"
    return cause_of(error) or refused


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection, doing: str) -> Iterator[None]:
    """Commit what the block did, or nothing of it.

    Raises
    ------
    JobError
        The block or the commit failed in DuckDB.
    """
    with plain_errors(doing):
        connection.execute("begin transaction")
        try:
            yield
        except BaseException:
            _roll_back(connection)
            raise
        connection.execute("commit")


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Roll back; a transaction that DuckDB has given up already is none."""
    try:
        connection.execute("rollback")
    except duckdb.Error:
        return


def declare_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of schema `raw` that are missing and bring older ones to today's shape.

    `sql/raw/migrations/<number>_<what>.sql` are applied once each, in order, to a warehouse that an
    older version made; a new one is made in today's shape and has them all behind it.

    Raises
    ------
    JobError
        A newer version of tacit made the warehouse, or it cannot be written.
    """
    with transaction(connection, "The warehouse's tables could not be declared"):
        declare = statements(SQL / "raw" / "migrations.sql")
        connection.execute(declare["declare"])
        is_new = not connection.execute(declare["is_in_use"]).fetchall()[0][0]
        applied = {row[0] for row in connection.execute(declare["applied"]).fetchall()}
        known = _migrations()
        if applied - set(known):
            raise JobError(
                "The warehouse was made by a newer version of tacit; run that version, or name"
                " another data_dir."
            )
        for number in sorted(set(known) - applied):
            if not is_new:
                connection.execute(known[number].read_text(encoding="utf-8"))
            connection.execute(declare["note"], [number, known[number].stem])
        for table in RAW_TABLES:
            connection.execute(statements(SQL / "raw" / f"{table}.sql")["declare"])


def _migrations() -> dict[int, Path]:
    """Return the migrations' files by number."""
    folder = SQL / "raw" / "migrations"
    return {int(path.name.split("_")[0]): path for path in folder.glob("[0-9]*_*.sql")}
