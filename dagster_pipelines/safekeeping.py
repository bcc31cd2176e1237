"""The databases as they were before a run: kept beside them, put back where the run damaged them.

DuckDB writes a few blocks of a database in place. A process that is killed in the middle of one
leaves it half written, and a database that cannot be opened any more (decision 0016). So a run
begins with a copy of vault and warehouse, in `<data_dir>/kept`, and lets it go when it has ended
well. After one that failed or was killed somebody looks first whether both are whole. Vault and
warehouse are put back together: the identifiers of one are those of the other.

Call it with the run lock held.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from dagster_pipelines.causes import DAMAGED, cause_of
from dagster_pipelines.durable import flush
from dagster_pipelines.errors import TacitError
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import connect, vault_path, warehouse_path

# From linux/fs.h: let one file be the other's blocks until either is written to.
_FICLONE = 0x40049409

# A run needs room of its own. Where there is too little for both, it goes without.
_ROOM = 2


@contextmanager
def kept_whole(settings: Settings) -> Iterator[bool]:
    """Keep the databases for as long as the block lasts; if it fails, look whether they are whole.

    Yields whether a run before had damaged them and what was before that run has been put back.
    """
    was_put_back = settle(settings)
    keep(settings)
    try:
        yield was_put_back
    except BaseException:
        settle(settings)
        raise
    else:
        let_go(settings)


def is_damaged(database: Path) -> bool:
    """Tell whether a database cannot be read, by reading all that says where its rows are.

    One that another process has open is taken for whole: who writes to it could open it.
    """
    try:
        with closing(connect(database, read_only=True)) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()")
            for schema, table in tables.fetchall():
                name = f"{schema}.{table}"
                connection.execute("select count(*) from pragma_storage_info(?)", [name])
                connection.table(name).count("*").fetchall()
    except duckdb.Error as error:
        return cause_of(error) == DAMAGED
    except TacitError as error:
        return DAMAGED in str(error)
    return False


def settle(settings: Settings) -> bool:
    """Put back what is kept if a database is damaged, then let it go; tell whether it was put back.

    Killed in the middle, it is brought to its end by the next call.
    """
    kept, returning = _kept(settings), _returning(settings)
    files = [file for database in _databases(settings) for file in (_log_of(database), database)]
    if kept.is_dir() and any(is_damaged(file) for file in _databases(settings) if file.exists()):
        for file in files:
            if not (kept / file.name).exists():
                file.unlink(missing_ok=True)
        kept.rename(returning)
    was_put_back = returning.is_dir()
    if was_put_back:
        for file in files:
            if (returning / file.name).exists():
                (returning / file.name).replace(file)
                flush(file.parent)
        _remove(returning)
    let_go(settings)
    return was_put_back


def keep(settings: Settings) -> None:
    """Copy databases and logs, whole or not at all; without room enough, not at all."""
    unfinished = _kept(settings).with_suffix(".unfinished")
    _remove(unfinished)
    databases = [database for database in _databases(settings) if database.exists()]
    try:
        needed = _ROOM * sum(database.stat().st_size for database in databases)
        if shutil.disk_usage(settings.data_path).free < needed:
            return
        unfinished.mkdir(mode=0o700)
        for database in databases:
            _copy_database(database, unfinished)
        unfinished.rename(_kept(settings))
        flush(settings.data_path)
    except (OSError, TacitError):
        # A full disk, a database that is damaged or that somebody has open: the run meets it too,
        # and knows how to say so.
        _remove(unfinished)


def let_go(settings: Settings) -> None:
    """Remove what is kept: whoever wrote to the databases has closed them."""
    _remove(_kept(settings))


def _copy_database(database: Path, folder: Path) -> None:
    """Copy a database and its log while nobody can write to them."""
    with closing(connect(database, read_only=True)):
        # The log first: with the first file of a name that this process closes, the system takes
        # its lock on that file away.
        for file in (_log_of(database), database):
            if file.exists():
                _copy(file, folder / file.name)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; file systems that can (XFS, Btrfs) let both have the same blocks."""
    with source.open("rb") as reading, target.open("wb") as writing:
        try:
            fcntl.ioctl(writing.fileno(), _FICLONE, reading.fileno())
        except OSError:
            shutil.copyfileobj(reading, writing, 1 << 20)
    shutil.copymode(source, target)
    flush(target)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _databases(settings: Settings) -> tuple[Path, Path]:
    return vault_path(settings), warehouse_path(settings)


def _log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


def _kept(settings: Settings) -> Path:
    return settings.data_path / "kept"


def _returning(settings: Settings) -> Path:
    return settings.data_path / "kept.returning"
