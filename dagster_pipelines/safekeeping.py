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
from contextlib import closing, contextmanager, suppress
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

    Begun and not ended, it is done again: what is kept goes last.
    """
    kept, returning = _kept(settings), _returning(settings)
    if kept.is_dir() and any(is_damaged(file) for file in _databases(settings) if file.exists()):
        kept.rename(returning)
    was_put_back = returning.is_dir()
    if was_put_back:
        for database in _databases(settings):
            for file in (database, _log_of(database)):
                _put_back(returning / file.name, file)
        _remove(returning)
    let_go(settings)
    return was_put_back


def keep(settings: Settings) -> None:
    """Copy databases and logs, whole or not at all; without room enough, not at all."""
    files = [
        file
        for database in _databases(settings)
        for file in (database, _log_of(database))
        if file.exists()
    ]
    unfinished = _kept(settings).with_suffix(".unfinished")
    _remove(unfinished)
    try:
        needed = _ROOM * sum(file.stat().st_size for file in files)
        if shutil.disk_usage(settings.data_path).free < needed:
            return
        unfinished.mkdir(mode=0o700)
        for file in files:
            _copy(file, unfinished / file.name)
        unfinished.rename(_kept(settings))
        flush(settings.data_path)
    except OSError:
        # What fills the disk meets the run too, which knows how to say so.
        _remove(unfinished)


def let_go(settings: Settings) -> None:
    """Remove what is kept: whoever wrote to the databases has closed them."""
    _remove(_kept(settings))


def _put_back(kept: Path, file: Path) -> None:
    """Let a file be what is kept of it; what was not there is not there again."""
    if not kept.exists():
        file.unlink(missing_ok=True)
        return
    draft = file.with_name(f"{file.name}.put-back")
    _copy(kept, draft)
    with suppress(FileNotFoundError):
        shutil.copymode(file, draft)
    draft.replace(file)
    flush(file.parent)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; file systems that can (XFS, Btrfs) let both have the same blocks."""
    with source.open("rb") as reading, target.open("wb") as writing:
        target.chmod(0o600)
        try:
            fcntl.ioctl(writing.fileno(), _FICLONE, reading.fileno())
        except OSError:
            shutil.copyfileobj(reading, writing, 1 << 20)
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
