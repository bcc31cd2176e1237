"""Whether two companies hold the same, whether one is whole, and what lies about.

Tables are compared by a hash over their sorted rows. Left out is what says when and by which run:
another run says something else there, disturbed or not.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import duckdb

from dagster_pipelines import publication
from dagster_pipelines.dbt_manifest import LAYERS
from dagster_pipelines.errors import JobError
from dagster_pipelines.landing import unbalanced_files
from dagster_pipelines.run_lock import is_busy
from dagster_pipelines.safekeeping import is_damaged
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import vault_path, warehouse_path

# Staging has views alone.
WITH_TABLES = tuple(layer for layer in LAYERS if layer != "staging")

RUN_COLUMNS = (
    *("run_id", "loaded_at", "superseded_at", "changed_at", "read_at", "built_at", "noted_at"),
)
# What a build notes of itself: after a run that died, the next one computes everything.
OF_BUILDS = (
    *("int_builds", "int_built", "int_built_tests"),
    *(f"int_changed_{what}" for what in ("dates", "events", "weeks", "windows")),
)

# Files are numbered as they come; which file it is, its bytes say.
FILE = "(select files.sha256 from raw.files where files.file_id = held.file_id)"

Hashes = dict[str, tuple[int, str]]


def warehouse_hashes(settings: Settings, schemas: tuple[str, ...]) -> Hashes:
    """Return number of rows and hash of every table of these schemas."""
    with closing(duckdb.connect(str(warehouse_path(settings)), read_only=True)) as connection:
        return _hashes(connection, schemas)


def published_hashes(folder: Path) -> Hashes:
    """Return number of rows and hash of every published table, of the file and of its Parquet.

    Raises
    ------
    JobError
        The generation is not whole.
    """
    publication.verify(folder)
    with closing(publication.open_published(folder)) as connection:
        found = _hashes(connection, ("bi",))
    with closing(duckdb.connect()) as connection:
        for table in publication.published_tables():
            relation = f"read_parquet('{folder / table}.parquet')"
            found[f"{table}.parquet"] = _hash(connection, relation)
    return found


def differences(found: Hashes, expected: Hashes) -> list[str]:
    """Say which tables differ: their names, and how many rows each side has."""
    return [
        f"{table}: {found.get(table, (None,))[0]} rows for {expected.get(table, (None,))[0]}"
        for table in sorted(set(found) | set(expected))
        if found.get(table) != expected.get(table)
    ]


def unbalanced(settings: Settings) -> list[str]:
    """Say for how many files the records do not add up."""
    with closing(duckdb.connect(str(warehouse_path(settings)), read_only=True)) as connection:
        files = unbalanced_files(connection)
    return [f"the records of {len(files)} files do not add up"] if files else []


def shortcomings_of_publication(settings: Settings) -> list[str]:
    """Say what is wrong with what is published now; nothing if it is whole, or there is none."""
    generation = publication.current(settings)
    if generation is None:
        return []
    try:
        publication.verify(generation)
    except JobError as error:
        return [str(error)]
    return []


def what_is_held(settings: Settings) -> list[str]:
    """Say what a dead process still holds: the run lock, or a database."""
    held = ["the run lock is held"] if is_busy(settings) else []
    for path in _databases(settings):
        if not is_damaged(path):
            try:
                duckdb.connect(str(path), read_only=True).close()
            except duckdb.Error:
                held.append(f"{path.name} does not open")
    return held


def is_torn(settings: Settings) -> bool:
    """Tell whether a kill has damaged a database, which the next run has to put back."""
    return any(is_damaged(path) for path in _databases(settings))


def litter(settings: Settings) -> list[str]:
    """Name what a finished run should not leave: half-written, temporary, or one too many."""
    data = settings.data_path
    found = [path.name for path in (data / "published").glob(".*")]
    found += [path.name for path in (data / "warehouse" / "tmp").glob("*")]
    found += [path.name for path in (data / "dbt").glob("parse-*")]
    found += [path.name for path in data.glob("kept*")]
    found += [path.name for path in (data / "dagster").glob(".dagster.yaml*")]
    found += [path.name for path in settings.key_path.parent.glob(f".{settings.key_path.name}*")]
    many = len(publication.generations(settings)) - publication.GENERATIONS_KEPT
    return found + (["generations beyond those that are kept"] if many > 0 else [])


def _databases(settings: Settings) -> list[Path]:
    return [path for path in (warehouse_path(settings), vault_path(settings)) if path.exists()]


def _hashes(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> Hashes:
    tables = connection.execute(
        """
        select schema_name, table_name from duckdb_tables()
        where
            not internal
            and schema_name in (select unnest(?))
            and table_name not in (select unnest(?))
        """,
        [list(schemas), ["migrations", *OF_BUILDS]],
    ).fetchall()
    return {
        f"{schema}.{table}": _hash(connection, f'"{schema}"."{table}"') for schema, table in tables
    }


def _hash(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str]:
    names = [row[0] for row in connection.execute(f"describe from {relation}").fetchall()]
    kept = ", ".join(
        FILE if name == "file_id" else f'"{name}"' for name in names if name not in RUN_COLUMNS
    )
    rows = connection.execute(
        f"select md5(line::varchar) from (select {kept} from {relation} as held) as line order by 1"  # noqa: S608 - our own tables
    ).fetchall()
    return len(rows), hashlib.sha256("".join(row[0] for row in rows).encode()).hexdigest()
