"""Reading without storing: what would load, what would not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.hashing import repeated
from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.batches import Reading
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.staging import refuse_unreadable_patterns, stage_file
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect_in_memory, plain_errors

_LOCATORS_SHOWN = 3


@dataclass(frozen=True)
class FileReport:
    """What a file of a source holds.

    `columns` are our columns and what the file calls each. `would_load` are the records that are
    good and not `duplicate` of another in the file; files loaded earlier are not looked at.
    `quarantined` counts records by reason, `excluded` by rule.
    `locators` are the first few places of each quarantine reason. `problem` says in a sentence why
    the whole file cannot be used; the counts then mean nothing.
    """

    source_name: str
    path: Path
    format: str
    columns: dict[str, str] = field(default_factory=dict)
    records: int = 0
    would_load: int = 0
    duplicate: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    locators: dict[str, list[str]] = field(default_factory=dict)
    problem: str | None = None

    @property
    def is_balanced(self) -> bool:
        """Whether each record, by the independent count, met exactly one fate."""
        left_out = self.quarantined.total() + self.excluded.total()
        return self.records == self.would_load + self.duplicate + left_out


def open_named(settings: Settings, source: Source, path: Path) -> Reading:
    """Open a file and look at its beginning; an error names the source and the file.

    Raises
    ------
    UsageError
        The file cannot be used as `tacit.yml` says.
    """
    is_below = settings.folder in path.parents
    shown = path.relative_to(settings.folder) if is_below else path
    return FORMATS[source.format].open_file(source, path, f"sources[{source.name}]: {shown}")


def check_files(
    settings: Settings, paths: Sequence[Path] | None = None, now: datetime | None = None
) -> list[FileReport]:
    """Read files without storing anything: all of `tacit.yml`, or those of `paths`.

    Raises
    ------
    UsageError
        A source has no files, or one of `paths` belongs to no source.
    """
    refuse_unreadable_patterns(settings)
    chosen = [
        (source, path)
        for source in settings.sources
        for path in files_of(settings, source)
        if paths is None or path in {one.resolve() for one in paths}
    ]
    for path in paths or ():
        if path.resolve() not in {found for _, found in chosen}:
            raise UsageError(f"{path} is a file of no source in tacit.yml; name one that is.")
    moment = (now or datetime.now(UTC)).replace(tzinfo=None)
    connection = connect_in_memory()
    try:
        with plain_errors("The files could not be checked"), Vault.transient(settings) as vault:
            return [
                _report(connection, settings, source, path, vault, moment)
                for source, path in chosen
            ]
    finally:
        connection.close()


def _report(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    path: Path,
    vault: Vault,
    now: datetime,
) -> FileReport:
    """Read one file."""
    try:
        with open_named(settings, source, path) as reading:
            staged = stage_file(connection, settings, source, reading, vault, now)
    except (UsageError, JobError) as error:
        return FileReport(source.name, path, source.format, problem=str(error))
    duplicate = sum(repeated(hashes)[1] for hashes in staged.content_hashes.values())
    rejected = staged.rejected_table()
    return FileReport(
        source.name,
        path,
        source.format,
        columns=getattr(reading, "header_binding", {}),
        records=staged.records,
        would_load=staged.rows - duplicate,
        duplicate=duplicate,
        quarantined=staged.reasons(),
        excluded=staged.excluded,
        locators=_first_locators(rejected),
    )


def _first_locators(rejected: pa.Table) -> dict[str, list[str]]:
    """Return the first few places of each reason."""
    places: dict[str, list[str]] = {}
    for row in rejected.to_pylist():
        shown = places.setdefault(row["reason"], [])
        if len(shown) < _LOCATORS_SHOWN:
            shown.append(row["locator"])
    return places
