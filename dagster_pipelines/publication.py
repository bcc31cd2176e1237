"""The publication: candidate, audit, promotion, generations.

Here belongs how a published database is written and how it takes the place of the one before. A
candidate is a folder beside the generations that only the job can read; promotion gives it a new
name and swaps one link. Nothing that was published is ever written to again, so that whoever reads
it goes on reading it. What the numbers must satisfy belongs in `expectations`; who may run at all,
in `run_lock`.

A crash between any two instructions leaves `current` on the old generation or on the new one, and
either is whole: all bytes reach the disk before the folder gets its name, and the name before the
link. What a dead run left lying about is cleared by the next.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_pipelines.causes import FULL_DISK, cause_of
from dagster_pipelines.durable import flush
from dagster_pipelines.errors import JobError
from dagster_pipelines.restating.record import clear_records, promote_record, restate_candidate
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import attach, connect, warehouse_path

DATABASE = "tacit.duckdb"
CHECKSUMS = "SHA256SUMS"
CURRENT = "current"
GENERATIONS_KEPT = 3

# Readable by every driver since DuckDB 1.0; a file of the newest version is refused by older ones.
STORAGE_VERSION = "v1.0.0"

_GENERATION = "gen-"
_CANDIDATE = ".candidate-"
_LINK = ".current-"
_REMOVED = ".removed-"

# No published column may be named like something that stands for one person.
_PERSONAL = re.compile(r"(^|_)(person|identifier|email|address|login|hash|key)(_|$)|_id$")
_CHECKSUM_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[\w.]+)", re.ASCII)
_SERIAL = re.compile(r"gen-([0-9]+)-")
_NOT_PERSONAL = {("release", "run_id")}

Columns = dict[str, list[tuple[str, str, bool]]]

HARDENED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}
"""How a published database is opened for somebody who types SQL; README shows the same lines."""


def published_path(settings: Settings) -> Path:
    """Return the folder of the generations and of the link to the current one."""
    return settings.data_path / "published"


def candidate_path(settings: Settings, run_id: str) -> Path:
    """Return the folder of a run's candidate, whether it exists or not."""
    return published_path(settings) / f"{_CANDIDATE}{run_id}"


def published_tables() -> dict[str, Path]:
    """Return what is published: each table's name and the file in `sql/publish` that makes it."""
    return {path.stem: path for path in sorted((SQL / "publish").glob("*.sql"))}


def write_candidate(settings: Settings, run_id: str) -> Path:
    """Write what would be published into a folder of its own and return that folder.

    Clears what dead runs left first. The folder holds `tacit.duckdb` with schema `bi` and nothing
    else, one Parquet file a table, and `SHA256SUMS`; all of it is on the disk when this returns.

    Raises
    ------
    JobError
        The disk is full; or the warehouse is damaged, or open in another program.
    """
    clear_leftovers(settings)
    folder = candidate_path(settings, run_id)
    with _causes_said(folder.parent):
        folder.mkdir(mode=0o700)
        try:
            _write_database(warehouse_path(settings), folder)
            _seal(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def open_published(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open the database of a candidate or generation: read-only, and deaf to everything else.

    No file, no network, no extension, no variable of Python's, nothing written beside it; whoever
    types SQL cannot change that.
    """
    return duckdb.connect(str(folder / DATABASE), read_only=True, config=dict(HARDENED))


def audit(folder: Path) -> list[str]:
    """Look at a candidate as a stranger would and return what is wrong with it, a sentence each.

    It must open, hold exactly the declared tables and columns in schema `bi`, no column that could
    stand for a person, be readable by old drivers, and match its checksums.
    """
    try:
        verify(folder)
        with closing(open_published(folder)) as connection:
            found = _columns(connection, "tacit")
            schemas = connection.execute(
                "select schema_name from duckdb_schemas() where not internal order by all"
            ).fetchall()
            views = connection.execute(
                "select view_name from duckdb_views() where not internal"
            ).fetchall()
            (version,) = connection.execute(
                "select tags['storage_version'] from duckdb_databases() where not internal"
            ).fetchall()[0]
    except JobError as error:
        return [str(error)]
    except duckdb.Error:
        return [f"{DATABASE} does not open."]
    problems = [*_differences(declared_columns(), found), *personal_columns(found)]
    if schemas != [("bi",)] or views:
        problems.append(f"{DATABASE} holds more than the tables of schema bi.")
    if not str(version).startswith(STORAGE_VERSION):
        problems.append(f"{DATABASE} is of storage version {version}, not {STORAGE_VERSION}.")
    return problems


def declared_columns() -> Columns:
    """Return the columns that `sql/publish` declares: name, type and whether NULL is allowed."""
    with closing(duckdb.connect()) as connection:
        connection.execute("attach ':memory:' as candidate; create schema candidate.bi;")
        for path in published_tables().values():
            connection.execute(statements(path)["declare"])
        return _columns(connection, "candidate")


def personal_columns(tables: Columns) -> list[str]:
    """Return a sentence for each column whose name could stand for one person."""
    return [
        f"{table} has a column {name}, and nothing that stands for one person is published."
        for table, columns in tables.items()
        for name, _, _ in columns
        if _PERSONAL.search(name) and (table, name) not in _NOT_PERSONAL
    ]


def promote(candidate: Path) -> Path:
    """Publish a candidate: give its folder a new name, swap the link, keep three generations.

    Returns the new generation. The candidate is audited once more, since this is the last moment.

    Raises
    ------
    JobError
        The candidate does not exist or fails its audit, the disk is full, or somebody has put
        something else in the link's place; what is published stays.
    """
    published = candidate.parent
    if not candidate.is_dir():
        raise JobError("There is no candidate of this run to publish; start the whole job.")
    _refuse_what_is_no_link(published / CURRENT)
    problems = audit(candidate)
    if problems:
        raise JobError(f"The candidate is not as declared: {problems[0]}")
    generation = published / f"{_GENERATION}{_new_id(published)}"
    with _causes_said(published):
        candidate.chmod(0o755)
        flush(candidate)
        promote_record(candidate, generation)
        candidate.rename(generation)
        flush(published)
        link = published / f"{_LINK}{generation.name}"
        link.symlink_to(generation.name)
        link.replace(published / CURRENT)
        flush(published)
    _remove_old_generations(published)
    clear_records(published)
    return generation


def current(settings: Settings) -> Path | None:
    """Return the generation that is published now; None if there is none, or it is gone."""
    link = published_path(settings) / CURRENT
    return link.resolve() if link.exists() else None


def missing(settings: Settings) -> str | None:
    """Return the name of the generation that is published and is not there; None if all is well."""
    link = published_path(settings) / CURRENT
    return link.readlink().name if link.is_symlink() and not link.exists() else None


def open_current(settings: Settings) -> tuple[Path, duckdb.DuckDBPyConnection]:
    """Return the generation that is published now, and its database, opened like any other.

    Raises
    ------
    JobError
        Nothing is published yet, what is published is gone, or it does not open.
    """
    if gone := missing(settings):
        raise JobError(f"{gone} is what is published, and it is not there; `tacit run` publishes.")
    generation = current(settings)
    if generation is None:
        raise JobError("Nothing is published yet; `tacit run` publishes.")
    try:
        return generation, open_published(generation)
    except duckdb.Error:
        raise JobError(
            f"{DATABASE} of {generation.name} does not open: it is damaged, or a newer DuckDB wrote"
            " it; `tacit status` looks at it, and `tacit run` publishes anew."
        ) from None


def generations(settings: Settings) -> list[Path]:
    """Return the generations that are kept, the last promoted first, whatever the clock said."""
    return _generations(published_path(settings))


def verify(generation: Path) -> None:
    """Compare a generation's files with its checksums.

    Raises
    ------
    JobError
        A file is missing, is one too many, or is not what it was.
    """
    sums = _checksums(generation)
    present = {path.name for path in generation.iterdir()} - {CHECKSUMS}
    for name in sorted(present ^ set(sums)):
        kind = "is missing from" if name in sums else "does not belong into"
        raise JobError(f"{name} {kind} {generation.name}.")
    for name, digest in sums.items():
        try:
            is_as_written = _sha256(generation / name) == digest
        except OSError:
            raise JobError(f"{name} of {generation.name} cannot be read.") from None
        if not is_as_written:
            raise JobError(f"{name} of {generation.name} is not what was written.")


def _checksums(generation: Path) -> dict[str, str]:
    """Return the digest of each file of a generation, as was written down.

    Raises
    ------
    JobError
        The list is missing or damaged.
    """
    try:
        text = (generation / CHECKSUMS).read_text(encoding="ascii")
    except OSError:
        raise JobError(f"{generation.name} has no {CHECKSUMS} that can be read.") from None
    except UnicodeDecodeError:
        text = ""
    lines = [_CHECKSUM_LINE.fullmatch(line) for line in text.split("\n")[:-1]]
    if not lines or not text.endswith("\n") or None in lines:
        raise JobError(f"{CHECKSUMS} of {generation.name} is not what was written.")
    return {line["name"]: line["digest"] for line in lines if line}


def clear_leftovers(settings: Settings) -> None:
    """Remove half-written candidates, links and generations that dead runs left behind."""
    published = published_path(settings)
    for path in published.iterdir():
        if path.name.startswith(_LINK):
            path.unlink()
        elif path.name.startswith((_CANDIDATE, _REMOVED)):
            shutil.rmtree(path)
    clear_records(published)


def _write_database(warehouse: Path, folder: Path) -> None:
    """Copy the guarded tables into a new database file and into Parquet."""
    with closing(connect(warehouse, read_only=True)) as connection:
        how = f"read_write, storage_version '{STORAGE_VERSION}'"
        attach(connection, folder / DATABASE, "candidate", how)
        connection.execute("create schema candidate.bi")
        for path in published_tables().values():
            said = statements(path)
            connection.execute(said["declare"])
            connection.execute(said["publish"])
        last = next(iter(_generations(folder.parent)), None)
        restate_candidate(connection, folder, last)
        for table in published_tables():
            parquet = folder / f"{table}.parquet"
            connection.table(f"candidate.bi.{table}").write_parquet(
                str(parquet), compression="zstd"
            )
        connection.execute("detach candidate")


def _seal(folder: Path) -> None:
    """Write the checksums, take away the right to write, and see all of it onto the disk."""
    files = sorted(folder.iterdir())
    sums = "".join(f"{_sha256(path)}  {path.name}\n" for path in files)
    (folder / CHECKSUMS).write_text(sums, encoding="ascii")
    for path in [*files, folder / CHECKSUMS]:
        path.chmod(0o444)
        flush(path)
    flush(folder)


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> Columns:
    """Return each table's columns in order."""
    rows = connection.execute(
        """
        select table_name, column_name, data_type, is_nullable
        from duckdb_columns()
        where not internal and database_name = ?
        order by table_name, column_index
        """,
        [catalog],
    ).fetchall()
    tables: Columns = {}
    for table, name, kind, is_nullable in rows:
        tables.setdefault(table, []).append((name, kind, is_nullable))
    return tables


def _differences(declared: Columns, found: Columns) -> list[str]:
    """Say where the tables of a file are not those of the declarations."""
    problems = []
    for table in sorted(set(declared) | set(found)):
        if table not in found:
            problems.append(f"{table} is missing.")
        elif table not in declared:
            problems.append(f"{table} is not a table that sql/publish declares.")
        elif declared[table] != found[table]:
            problems.append(f"{table} does not have the columns that sql/publish declares.")
    return problems


def _new_id(published: Path) -> str:
    """Return a name that nobody has had before: a number that only grows, and the time.

    Clocks go back, by hand or after a night without power; what was promoted last must not be taken
    for old then.
    """
    serial = max(map(_serial, published.glob(f"{_GENERATION}*")), default=0) + 1
    return f"{serial:08d}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _serial(generation: Path) -> int:
    """Return the number of a generation; names that bear none are older than all that do."""
    numbered = _SERIAL.match(generation.name)
    return int(numbered.group(1)) if numbered else 0


def _generations(published: Path) -> list[Path]:
    """Return the generations, the last promoted first."""
    found = published.glob(f"{_GENERATION}*")
    return sorted(found, key=lambda path: (_serial(path), path.name), reverse=True)


def _refuse_what_is_no_link(link: Path) -> None:
    """Refuse a folder in the place of the link `current`: copying a data folder can make one.

    Raises
    ------
    JobError
        There is a folder.
    """
    if link.is_dir() and not link.is_symlink():
        raise JobError(
            f"{link} is a folder, and should be a link to a generation: somebody has copied the"
            " data folder without its links; remove that folder and run again."
        )


def _remove_old_generations(published: Path) -> None:
    """Keep the generation that is current, whatever its age, and the newest of the others.

    What goes is first given a name that says so: there is never half a generation.
    """
    current_name = (published / CURRENT).resolve().name
    others = [path for path in _generations(published) if path.name != current_name]
    for generation in others[GENERATIONS_KEPT - 1 :]:
        removed = generation.rename(published / f"{_REMOVED}{generation.name}")
        shutil.rmtree(removed)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _causes_said(folder: Path) -> Iterator[None]:
    """Say a full disk or a damaged warehouse in a sentence; let all else pass."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        cause = cause_of(error)
        if cause == FULL_DISK:
            sentence = f"The disk is full: the publication needs more room in {folder}."
        elif cause:
            sentence = f"The publication cannot be written: {cause}."
        else:
            raise
        raise JobError(sentence) from None
