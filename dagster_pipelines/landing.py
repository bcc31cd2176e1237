"""Landing: from the exports that `tacit.yml` names to the tables of schema `raw`.

Each file is one transaction: its rows, its quarantine and its line in the manifest are stored
together or not at all, after the vault has stored the identifiers. A file that is loaded already is
known by its SHA-256 and by how it was read; it is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

import duckdb
import pyarrow as pa

from dagster_pipelines.checking import FileReport, check_files, open_named
from dagster_pipelines.errors import JobError
from dagster_pipelines.expectations.suites import SUITES
from dagster_pipelines.manifest import Manifest, Receipt, UnbalancedFile, unbalanced_files
from dagster_pipelines.settings import Settings
from dagster_pipelines.source_load import Run, SourceLoad
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.sqlfiles import SQL, project_fingerprint, statements
from dagster_pipelines.staging import refuse_unreadable_patterns
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import (
    clear_spilled,
    connect,
    declare_tables,
    plain_errors,
    prepare_folders,
    share_warehouse,
    transaction,
    warehouse_path,
)

__all__ = ["FileReport", "Landing", "Receipt", "UnbalancedFile", "check_files", "unbalanced_files"]

Progress = Callable[[str, int, int | None], None]

_FIRST_MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001 - as the times of runs, UTC without saying so

_FAILED = "The exports could not be loaded into the warehouse"


class Landing:
    """One run's loading.

    `progress(stage, done, total)` is told the bytes read of each file. `now` is the time of the run
    in UTC; events after its day are in the future.
    """

    def __init__(
        self,
        settings: Settings,
        run_id: str,
        progress: Progress | None = None,
        now: datetime | None = None,
    ) -> None:
        self._settings = settings
        moment = (now or datetime.now(UTC)).replace(tzinfo=None)
        self._run = Run(settings, run_id, moment, progress or (lambda _stage, _done, _total: None))
        self.receipts: list[Receipt] = []

    def preflight(self) -> None:
        """See that every file can be opened, decoded and bound to columns, and that the key fits.

        Raises
        ------
        UsageError
            A source, the vault's key or the folders are unusable. Nothing was stored.
        JobError
        The machine's clock shows a day before there was this program.
        """
        if self._run.now < _FIRST_MOMENT:
            raise JobError(
                f"The clock of this machine says {self._run.now:%Y-%m-%d}; set it and run again:"
                " what the exports hold would be taken for what is to come."
            )
        prepare_folders(self._settings)
        refuse_unreadable_patterns(self._settings)
        for source in self._settings.sources:
            for path in files_of(self._settings, source):
                open_named(self._settings, source, path).close()
        Vault.open(self._settings).close()

    def declare(self) -> None:
        """Make the tables, and note in them the sources and parameters of `tacit.yml`.

        Raises
        ------
        JobError
            The warehouse is in use, was made by a newer version, or was filled with another vault.
        """
        prepare_folders(self._settings)
        with self._warehouse() as connection, Vault.open(self._settings) as vault:
            # Nobody else has the warehouse now: what lies there is of processes that are gone.
            clear_spilled(self._settings)
            declare_tables(connection)
            _refuse_strangers(connection, vault)
            with transaction(connection, _FAILED):
                self._note_sources(connection)
                self._note_parameters(connection)
        # The first opening has made the file.
        share_warehouse(self._settings)

    def load(self, format: str) -> Receipt:  # noqa: A002 - the word that tacit.yml uses
        """Load the new files of every source of a format.

        Raises
        ------
        UsageError
            A file is unusable; what was loaded before it stays.
        JobError
            A file or the warehouse failed meanwhile; what was loaded before stays.
        """
        receipt = Receipt()
        with self._warehouse() as connection, Vault.open(self._settings) as vault:
            for source in self._settings.sources:
                if source.format == format:
                    SourceLoad(self._run, connection, vault, source, receipt).run()
            manifest = Manifest(connection)
            receipt.rows_by_table = {
                table: manifest.rows_in(table) for table in FORMATS[format].TABLES
            }
        self.receipts.append(receipt)
        return receipt

    def map_identities(self) -> Receipt:
        """Decide anew who is behind each identifier; rows that stay as they were are not touched.

        Raises
        ------
        JobError
            The warehouse cannot be written.
        """
        sql = statements(SQL / "raw" / "identity_map.sql")
        with self._warehouse() as connection, Vault.open(self._settings) as vault:
            with transaction(connection, "The identity map could not be made"):
                connection.register("vault_identifiers", vault.identifiers())
                connection.execute(
                    sql["map"],
                    {
                        "has_domains": bool(self._settings.organisation.domains),
                        "has_roster": bool(self._settings.rosters),
                    },
                )
                connection.execute(sql["forget"])
                connection.execute(sql["change"], {"changed_at": self._run.now})
                connection.execute(sql["add"], {"changed_at": self._run.now})
                connection.unregister("vault_identifiers")
            rows = connection.execute(sql["rows"]).fetchall()[0][0]
        receipt = Receipt(rows_by_table={"identity_map": rows})
        self.receipts.append(receipt)
        return receipt

    @contextmanager
    def _warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = connect(warehouse_path(self._settings))
        try:
            with plain_errors(_FAILED):
                yield connection
        finally:
            connection.close()

    def _note_sources(self, connection: duckdb.DuckDBPyConnection) -> None:
        sources = self._settings.sources
        configured = pa.table(
            {
                "source_name": [source.name for source in sources],
                "format": [source.format for source in sources],
                "channel": pa.array(
                    [getattr(source, "channel", None) for source in sources], pa.string()
                ),
                "derives_units": [getattr(source, "derive_units", False) for source in sources],
            }
        )
        connection.register("configured_sources", configured)
        connection.execute(statements(SQL / "raw" / "sources.sql")["replace"])
        connection.unregister("configured_sources")

    def _note_parameters(self, connection: duckdb.DuckDBPyConnection) -> None:
        settings, sql = self._settings, statements(SQL / "raw" / "parameters.sql")
        coverage = settings.coverage
        first, last = coverage.whole_weeks if coverage else (None, None)
        connection.execute(sql["forget"])
        connection.execute(
            sql["load"],
            {
                "organisation_name": settings.organisation.name,
                "timezone": settings.organisation.timezone,
                "has_declared_domains": bool(settings.organisation.domains),
                "has_roster": bool(settings.rosters),
                **settings.parameters.model_dump(),
                "coverage_from": first,
                "coverage_to": last,
                "min_group_size": settings.privacy.min_group_size,
                "fingerprint": settings.fingerprint(),
                "code_fingerprint": project_fingerprint(),
                "tacit_version": version("tacit"),
                "great_expectations_version": version("great-expectations"),
                "expectations": sum(len(suite.expectations) for suite in SUITES),
                "run_id": self._run.run_id,
                "read_at": self._run.now,
            },
        )


def _refuse_strangers(connection: duckdb.DuckDBPyConnection, vault: Vault) -> None:
    """Refuse a warehouse whose identifiers the vault does not know."""
    sql = statements(SQL / "raw" / "identity_map.sql")
    connection.register("vault_identifiers", vault.identifiers())
    has_strangers = connection.execute(sql["strangers"]).fetchall()[0][0]
    connection.unregister("vault_identifiers")
    if has_strangers:
        raise JobError(
            "The warehouse was filled with another vault than the one beside it; put that vault"
            " back, or name another data_dir and load the exports again."
        )
