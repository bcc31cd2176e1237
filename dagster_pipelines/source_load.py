"""Loading one source: which of its files are new, and which loaded ones they replace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from dagster_pipelines.errors import UsageError
from dagster_pipelines.manifest import (
    KnownFile,
    Manifest,
    Receipt,
    reading_of,
)
from dagster_pipelines.settings import RosterSource, Settings, Source
from dagster_pipelines.sources import FORMATS, roster_csv
from dagster_pipelines.sources.digests import sha256_of
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.staging import Staged, stage_file
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import transaction

_FAILED = "The exports could not be loaded into the warehouse"


@dataclass(frozen=True)
class Run:
    """What all of a run's loading shares. `now` is its time in UTC, without saying so."""

    settings: Settings
    run_id: str
    now: datetime
    progress: Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class _Present:
    """A file of a source that is there now. `sha256` is None where no loaded file can equal it.

    `snapshot_on` is the day in the file's name, where that says of which day the rows are.
    """

    path: Path
    path_fingerprint: str
    where: str
    sha256: str | None
    snapshot_on: date | None

    @property
    def known_by(self) -> tuple[str | None, date | None]:
        """What makes it the same file as another: a quiet month's snapshot holds the old bytes."""
        return self.sha256, self.snapshot_on


class SourceLoad:
    """The loading of one source."""

    def __init__(
        self,
        run: Run,
        connection: duckdb.DuckDBPyConnection,
        vault: Vault,
        source: Source,
        receipt: Receipt,
    ) -> None:
        self._run = run
        self._settings = run.settings
        self._connection = connection
        self._vault = vault
        self._source = source
        self._receipt = receipt
        self._manifest = Manifest(connection)
        # Keyed: the values of `exclude` may be addresses.
        self._reading = vault.fingerprint("reading", reading_of(run.settings, source)).hex()
        self._known = self._manifest.known_files(source.name)

    def run(self) -> None:
        """Load what is new or must be read anew."""
        present = self._present()
        self._receipt.files += len(present)
        if FORMATS[self._source.format].IS_REGISTER:
            self._load_register(present)
        else:
            self._load_log(present)

    def _load_log(self, present: Sequence[_Present]) -> None:
        """Load new files, each in a transaction; all present ones in one if they are read anew."""
        readings = {file.sha256: file.reading_fingerprint for file in self._known}
        if any(readings.get(file.sha256, self._reading) != self._reading for file in present):
            shas = {file.sha256 for file in present}
            with transaction(self._connection, _FAILED):
                self._supersede([file for file in self._known if file.sha256 in shas])
                for file in _each_once(present):
                    self._note(file, self._stage(file))
            return
        for file in _each_once(present):
            if file.sha256 in readings:
                self._receipt.files_already_known += 1
                continue
            staged = self._stage(file)
            with transaction(self._connection, _FAILED):
                self._note(file, staged)

    def _load_register(self, present: Sequence[_Present]) -> None:
        """Load all present files in one transaction, unless they are just what is loaded.

        A register is what its present files say together. Snapshots of rosters accumulate: of a
        source that has them, a file that is no longer there stays loaded, unless the file at its
        path now holds other bytes and all of its days.

        Raises
        ------
        UsageError
            No row of the present files can be used, or a roster has none; what was loaded stays.
        """
        is_snapshot = any(self._is_snapshot(file) for file in present)
        here = {file.known_by for file in present}
        loaded = {f.known_by for f in self._known if f.reading_fingerprint == self._reading}
        others = {file.known_by for file in self._known} - here
        if here <= loaded and (is_snapshot or not others):
            self._receipt.files_already_known += len(present)
            return
        with transaction(self._connection, _FAILED):
            gone = [file for file in self._known if not is_snapshot or file.known_by in here]
            self._supersede(gone)
            kept = [file for file in self._known if file not in gone]
            good, reasons = 0, Counter[str]()
            for file in _each_once(present):
                staged = self._stage(file)
                if kept:
                    self._supersede_snapshots(file, kept)
                self._note(file, staged)
                good += staged.rows
                reasons += staged.reasons()
            if not good and (reasons or isinstance(self._source, RosterSource)):
                raise UsageError(_nobody_left(self._source.name, reasons))

    def _supersede_snapshots(self, present: _Present, kept: Sequence[KnownFile]) -> None:
        """Drop older snapshots of the same path whose days the staged file all holds."""
        days = self._manifest.staged_snapshots()
        self._supersede(
            [
                file
                for file in kept
                if file.path_fingerprint == present.path_fingerprint
                and self._manifest.snapshots_in(file) <= days
            ]
        )

    def _is_snapshot(self, file: _Present) -> bool:
        source = self._source
        if not isinstance(source, RosterSource):
            return False
        with roster_csv.open_file(source, file.path, file.where) as reading:
            return roster_csv.is_snapshot(source, reading)

    def _snapshot_on(self, path: Path, where: str) -> date | None:
        if isinstance(self._source, RosterSource) and self._source.snapshot_date:
            return roster_csv.day_in_name(path, where)
        return None

    def _supersede(self, files: Sequence[KnownFile]) -> None:
        self._manifest.supersede(FORMATS[self._source.format].TABLES, files, self._run.now)

    def _stage(self, file: _Present) -> Staged:
        run, source = self._run, self._source
        stage = f"load {source.name}"

        with FORMATS[source.format].open_file(source, file.path, file.where) as reading:
            total = reading.size_on_disk
            return stage_file(
                self._connection,
                self._settings,
                source,
                reading,
                self._vault,
                run.now,
                lambda done: run.progress(stage, done, total),
            )

    def _note(self, file: _Present, staged: Staged) -> None:
        self._receipt.add(
            self._manifest.note(
                self._source,
                staged,
                run_id=self._run.run_id,
                reading_fingerprint=self._reading,
                path_fingerprint=file.path_fingerprint,
                snapshot_on=file.snapshot_on,
                loaded_at=self._run.now,
            )
        )

    def _present(self) -> list[_Present]:
        """Return the source's files; one whose size no other has is hashed as it is loaded."""
        paths = files_of(self._settings, self._source)
        sizes = Counter(_size(path) for path in paths)
        known_sizes = {file.size for file in self._known}
        is_register = FORMATS[self._source.format].IS_REGISTER
        # A format whose exports may be folders has its own way.
        known_by = getattr(FORMATS[self._source.format], "sha256_of", sha256_of)
        present = []
        for number, path in enumerate(paths, start=1):
            # Errors of this stage go to the run's record, where no file's name may stand.
            where = f"sources[{self._source.name}]: file {number} of {len(paths)}"
            size = _size(path)
            must_hash = is_register or size in known_sizes or sizes[size] > 1 or path.is_dir()
            present.append(
                _Present(
                    path=path,
                    path_fingerprint=self._vault.fingerprint("path", str(path)).hex(),
                    where=where,
                    sha256=known_by(path, where) if must_hash else None,
                    snapshot_on=self._snapshot_on(path, where),
                )
            )
        return present


def _nobody_left(source_name: str, reasons: Counter[str]) -> str:
    """Say why a register is refused of which no row can be used."""
    if not reasons:
        return f"sources[{source_name}] has a header and no rows; a roster needs people."
    why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return (
        f"sources[{source_name}]: none of its rows can be used ({why}); `tacit check` says where."
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _each_once(files: Sequence[_Present]) -> Iterator[_Present]:
    """Yield files without those that are the same as one before."""
    seen = set()
    for file in files:
        if file.sha256 is None or file.known_by not in seen:
            yield file
        seen.add(file.known_by)
