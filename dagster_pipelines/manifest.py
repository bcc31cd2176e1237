"""The manifest: which files are loaded, how they were read, and the law that nothing is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from dagster_pipelines.hashing import Integers, repeated
from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.staging import Staged

# Raised when the reading of a format changes what the same bytes mean: files are then read anew.
_READING_VERSION = 1


@dataclass(frozen=True)
class KnownFile:
    """A file that is loaded and not superseded."""

    file_id: int
    sha256: str
    reading_fingerprint: str
    path_fingerprint: str
    size: int
    snapshot_on: date | None

    @property
    def known_by(self) -> tuple[str, date | None]:
        """What makes it the same file as another."""
        return self.sha256, self.snapshot_on


@dataclass(frozen=True)
class Loaded:
    """What became of one file's records."""

    records: int
    loaded: int
    duplicate: int
    quarantined: Counter[str]
    excluded: Counter[str]


@dataclass(frozen=True)
class UnbalancedFile:
    """A file for which the manifest does not add up, or the tables hold something else.

    `records` is the independent count; `found_rows` and `found_quarantined` are counted in the
    tables. Columns of the manifest are None for rows of a file that it does not know.
    """

    file_id: int
    source_name: str | None
    records: int | None
    loaded: int | None
    duplicate: int | None
    quarantined: int | None
    excluded: int
    found_rows: int
    found_quarantined: int


@dataclass
class Receipt:
    """What one step of a run stored: counts of files and of records by fate."""

    files: int = 0
    files_already_known: int = 0
    records: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    rows_by_table: dict[str, int] = field(default_factory=dict)

    def add(self, loaded: Loaded) -> None:
        """Add what became of one file's records."""
        self.records += loaded.records
        self.loaded += loaded.loaded
        self.duplicate += loaded.duplicate
        self.quarantined += loaded.quarantined
        self.excluded += loaded.excluded

    def as_metadata(self) -> dict[str, int]:
        """Return plain counts, for a run's record."""
        counts = {
            "files": self.files,
            "files_already_known": self.files_already_known,
            "records": self.records,
            "loaded": self.loaded,
            "duplicate": self.duplicate,
            "quarantined": self.quarantined.total(),
            "excluded": self.excluded.total(),
        }
        by_reason = {f"quarantined/{name}": n for name, n in sorted(self.quarantined.items())}
        by_rule = {f"excluded/{name}": n for name, n in sorted(self.excluded.items())}
        return counts | by_reason | by_rule


def reading_of(settings: Settings, source: Source) -> str:
    """Return everything that decides what the bytes of a source's files mean, as one text."""
    meaningless = {"name", "path", "timezone", "derive_units", "expect_every"}
    said = source.model_dump(mode="json", exclude=meaningless)
    said["zone"] = settings.source_zone(source)
    said["organisation_zone"] = settings.organisation.timezone
    said["version"] = _READING_VERSION
    return json.dumps(said, sort_keys=True)


class Manifest:
    """`raw.files` and the tables that it accounts for, over one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._files = statements(SQL / "raw" / "files.sql")
        self._quarantine = statements(SQL / "raw" / "quarantine.sql")

    def known_files(self, source_name: str) -> list[KnownFile]:
        """Return the files of a source that are loaded and not superseded, oldest load first."""
        rows = self._connection.execute(
            self._files["of_source"], {"source_name": source_name}
        ).fetchall()
        return [KnownFile(*row) for row in rows]

    def supersede(self, tables: Sequence[str], files: Sequence[KnownFile], now: datetime) -> None:
        """Delete the rows of files; the manifest keeps saying that they were loaded once."""
        if not files:
            return
        ids = {"file_ids": [file.file_id for file in files]}
        for table in tables:
            self._connection.execute(self._table(table)["forget_files"], ids)
        self._connection.execute(self._quarantine["forget_files"], ids)
        self._connection.execute(self._files["supersede"], {**ids, "superseded_at": now})

    def note(self, source: Source, staged: Staged, **said: Any) -> Loaded:
        """Move staged rows into their table, and say in the manifest what became of each record.

        `said` are the columns of `raw.files` that the caller knows: run_id, path_fingerprint,
        reading_fingerprint, snapshot_on and loaded_at. The caller holds the transaction.
        """
        format_ = FORMATS[source.format]
        file_id = self._one(self._files["next_id"])[0]
        load = {"file_id": file_id, "source_name": source.name, **format_.load_parameters()}
        fates = [self._load(table, load, staged.content_hashes[table]) for table in format_.TABLES]
        loaded = sum(rows for rows, _, _ in fates)
        first = min((time for _, time, _ in fates if time), default=None)
        last = max((time for _, _, time in fates if time), default=None)

        self._connection.register("rejected", staged.rejected_table())
        self._connection.execute(self._quarantine["load"], {"file_id": file_id})
        self._connection.unregister("rejected")
        reasons = staged.reasons()
        self._connection.execute(
            self._files["note"],
            {
                "file_id": file_id,
                "source_name": source.name,
                "format": source.format,
                "sha256": staged.sha256,
                "exported_at": staged.exported_at,
                "bytes": staged.size,
                "records": staged.records,
                "loaded": loaded,
                "duplicate": staged.rows - loaded,
                "quarantined": reasons.total(),
                "rules": list(staged.excluded),
                "excluded": list(staged.excluded.values()),
                "first_event_at": first,
                "last_event_at": last,
                **said,
            },
        )
        return Loaded(staged.records, loaded, staged.rows - loaded, reasons, staged.excluded)

    def _load(
        self, table: str, load: dict[str, Any], content_hashes: Sequence[Integers]
    ) -> tuple[int, datetime | None, datetime | None]:
        """Move the staged rows of a table; return their number, first and last time of an event."""
        sql = self._table(table)
        hashes, _ = repeated(content_hashes)
        self._connection.register("repeated_hashes", pa.table({"content_hash": hashes}))
        self._connection.execute(sql["load"], load)
        self._connection.unregister("repeated_hashes")
        self._connection.execute(sql["unstage"])
        loaded, first, last = self._one(sql["loaded"], {"file_id": load["file_id"]})
        return loaded, first, last

    def rows_in(self, table: str) -> int:
        """Return the number of rows of a raw table."""
        return self._one(self._table(table)["rows"])[0]

    def snapshots_in(self, file: KnownFile) -> set[Any]:
        """Return the days of which a loaded roster file holds snapshots."""
        sql = statements(SQL / "raw" / "roster_csv_rows.sql")["snapshots_in_file"]
        rows = self._connection.execute(sql, {"file_id": file.file_id}).fetchall()
        return {row[0] for row in rows}

    def staged_snapshots(self) -> set[Any]:
        """Return the days of which the staged roster file holds snapshots."""
        sql = statements(SQL / "raw" / "roster_csv_rows.sql")["staged_snapshots"]
        return {row[0] for row in self._connection.execute(sql).fetchall()}

    def _one(self, sql: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
        return self._connection.execute(sql, parameters or {}).fetchall()[0]

    @staticmethod
    def _table(table: str) -> dict[str, str]:
        return statements(SQL / "raw" / f"{table}.sql")


def unbalanced_files(connection: duckdb.DuckDBPyConnection) -> list[UnbalancedFile]:
    """Return the files whose records are not all accounted for; none of them is the law.

    Records, by the independent count, are the loaded, duplicate, quarantined and excluded ones
    together, and the tables hold as many rows as the manifest says; of superseded files none.
    """
    rows = connection.execute(statements(SQL / "raw" / "files.sql")["unbalanced"]).fetchall()
    return [UnbalancedFile(*row) for row in rows]
