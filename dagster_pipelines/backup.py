"""Backups: a whole copy of the data folder in a folder of its own, and the way back.

Here belongs what is copied and how it is known to be whole. A backup is made under the run lock, so
that vault, warehouse and publication belong together; of Dagster's files, into which the daemon
writes at any time, SQLite makes the copies. The vault's key is never in it: who has both can test
who is in the data. What can be made again (compiled SQL, what did not fit into memory) is left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_pipelines import __version__
from dagster_pipelines.durable import flush
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.failure_log import failures_path
from dagster_pipelines.publication import CURRENT, current, generations, published_path, verify
from dagster_pipelines.restating.record import record_of
from dagster_pipelines.run_lock import lock_path, run_lock
from dagster_pipelines.safekeeping import kept_whole
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault_key import check_value, read_key
from dagster_pipelines.warehouse import connect, prepare_folders, vault_path, warehouse_path

LABEL = "backup.json"
CHECKSUMS = "SHA256SUMS"

_SHAPE = 1


@dataclass(frozen=True)
class Backup:
    """A backup: its folder, which version made it and when (UTC), and its size in bytes."""

    folder: Path
    version: str
    made_at: datetime
    bytes: int


def back_up(settings: Settings, folder: Path) -> Backup:
    """Copy everything but the key into a new folder (0700), with checksums; whole or not at all.

    Raises
    ------
    UsageError
        The folder is there already, lies in the data folder, or cannot be written.
    JobError
        A run is at work, another program has a database open, or the disk is full.
    """
    target = folder.resolve()
    if target.is_relative_to(settings.data_path):
        raise UsageError(f"{folder}: is in the data folder; name a folder outside of it.")
    if os.path.lexists(target):
        raise UsageError(f"{folder}: is there already; a backup is made in a new folder.")
    if not settings.data_path.is_dir():
        raise UsageError(f"data_dir: {settings.data_path} is not there; nothing can be saved.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    with run_lock(settings), kept_whole(settings), _written(folder):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        try:
            _copy_everything(settings, unfinished)
            label = {
                "shape": _SHAPE,
                "version": __version__,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "current": found.name if (found := current(settings)) else None,
            }
            (unfinished / LABEL).write_text(json.dumps(label) + "\n", encoding="ascii")
            _write_checksums(unfinished)
            unfinished.rename(target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return read_backup(folder)


def restore(settings: Settings, folder: Path) -> Backup:
    """Put a backup into the data folder, which must be empty or not there.

    Everything is looked at before anything is written: checksums, and that the key is the vault's.

    Raises
    ------
    UsageError
        The folder is no backup, the data folder holds something, or the key is missing or another.
    JobError
        The backup is damaged or of a newer shape, or the disk is full.
    """
    backup = read_backup(folder)
    _verify_checksums(folder)
    _refuse_another_key(settings, folder / "vault" / vault_path(settings).name)
    data = settings.data_path
    if data.is_dir() and any(path != lock_path(settings) for path in data.iterdir()):
        raise UsageError(
            f"data_dir: {data} is not empty; move what is there away, and restore again."
        )
    prepare_folders(settings)
    with run_lock(settings), _written(data):
        for source in _files(folder):
            relative = source.relative_to(folder)
            if relative.name in (LABEL, CHECKSUMS) and len(relative.parts) == 1:
                continue
            _make_parents(data, relative)
            _copy(source, data / relative)
        prepare_folders(settings)
        name = _label(folder)["current"]
        if name:
            verify(published_path(settings) / name)
            (published_path(settings) / CURRENT).symlink_to(name)
    return backup


def read_backup(folder: Path) -> Backup:
    """Return what a backup says of itself.

    Raises
    ------
    UsageError
        The folder is no backup.
    JobError
        A newer version of tacit made it, in another shape.
    """
    label = _label(folder)
    if label["shape"] != _SHAPE:
        raise JobError(f"{folder}: a newer version of tacit made this backup; restore with that.")
    return Backup(
        folder=folder,
        version=label["version"],
        made_at=datetime.fromisoformat(label["made_at"]),
        bytes=sum(path.stat().st_size for path in _files(folder)),
    )


def _label(folder: Path) -> dict:
    try:
        label = json.loads((folder / LABEL).read_text(encoding="ascii"))
        missing = {"shape", "version", "made_at", "current"} - set(label)
    except (OSError, ValueError, TypeError):
        missing = {LABEL}
    if missing:
        raise UsageError(f"{folder}: is no backup; name a folder that `tacit backup` made.")
    return label


def _copy_everything(settings: Settings, target: Path) -> None:
    for database in (vault_path(settings), warehouse_path(settings)):
        if database.exists():
            _copy_database(database, target / database.relative_to(settings.data_path))
    for generation in generations(settings):
        for file in (*_files(generation), record_of(generation)):
            if file.exists():
                _copy(file, target / file.relative_to(settings.data_path))
    for file in sorted((settings.data_path / "dagster").rglob("*.db")):
        _copy_sqlite(file, target / file.relative_to(settings.data_path))
    if failures_path(settings).exists():
        _copy(failures_path(settings), target / failures_path(settings).name)


def _copy_database(database: Path, copy: Path) -> None:
    """Copy a database of DuckDB while nobody else can write to it, its log written back into it."""
    with closing(connect(database)) as connection:
        connection.execute("checkpoint")
        _copy(database, copy)


def _copy_sqlite(database: Path, copy: Path) -> None:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    shutil.copymode(database, copy)
    flush(copy)


def _copy(source: Path, copy: Path) -> None:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy2(source, copy)
    flush(copy)


def _make_parents(data: Path, relative: Path) -> None:
    """Make the folders of a file with the job's modes: what is published is everybody's."""
    mode = 0o755 if relative.parts[0] == "published" else 0o700
    for parent in reversed(relative.parents[:-1]):
        if not (data / parent).is_dir():
            (data / parent).mkdir(mode=0o700)
            (data / parent).chmod(mode)


def _write_checksums(folder: Path) -> None:
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _files(folder)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
    flush(folder / CHECKSUMS)


def _verify_checksums(folder: Path) -> None:
    """Compare a backup with its checksums.

    Raises
    ------
    JobError
        A file is missing, is one too many, or is not what it was.
    """
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except OSError:
        raise JobError(f"{folder}: has no {CHECKSUMS} that can be read.") from None
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    present = {str(path.relative_to(folder)) for path in _files(folder)} - {CHECKSUMS}
    for name in sorted(present ^ set(sums)):
        kind = "is missing from" if name in sums else "does not belong into"
        raise JobError(f"{name} {kind} the backup {folder}.")
    for name, digest in sums.items():
        if _sha256(folder / name) != digest:
            raise JobError(f"{name} of the backup {folder} is not what was written.")


def _refuse_another_key(settings: Settings, vault: Path) -> None:
    """Hold the key against the vault of a backup.

    Raises
    ------
    UsageError
        There is no key, or it is not that vault's.
    """
    if not vault.exists():
        return
    with closing(duckdb.connect(str(vault), read_only=True)) as connection:
        noted = connection.execute(
            statements(SQL / "vault" / "identifiers.sql")["noted_check"]
        ).fetchall()
    key = read_key(settings.key_path)
    if noted and (key is None or check_value(key) != noted[0][0]):
        what = "is missing" if key is None else "is not the key of this backup's vault"
        raise UsageError(
            f"privacy.key_file: {settings.key_path} {what}; put the copy of the key there that you"
            " keep apart, with mode 0600."
        )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Say in a sentence that a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise JobError(f"{folder}: cannot be written ({error.strerror}).") from None
    except sqlite3.Error:
        raise JobError(f"{folder}: Dagster's records could not be copied; try again.") from None
