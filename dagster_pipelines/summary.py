"""What the warehouse and the published database hold, gathered for a person to read.

Here belongs what is counted, and from where: files and records from `raw`, people from the identity
map, numbers from the published database only. How it looks on a screen is
`command_line.printing`'s business. Neither Dagster nor dbt is needed to look.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_pipelines.errors import JobError
from dagster_pipelines.freshness import Freshness, freshness_of
from dagster_pipelines.publication import (
    DATABASE,
    current,
    missing,
    open_published,
    published_path,
    verify,
)
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import connect, plain_errors, warehouse_path

Row = dict[str, Any]

_MEND = "Do not use it: `tacit run` publishes a whole one."


@dataclass(frozen=True)
class SourceFate:
    """What became of a source's records; of every file that is loaded, not of the last run's only.

    `quarantined` and `excluded` say how many records by reason and by rule.
    """

    name: str
    format: str
    files: int
    new_files: int
    records: int
    loaded: int
    duplicate: int
    excluded: dict[str, int]
    quarantined: dict[str, int]
    exported_at: datetime | None
    loaded_at: datetime | None
    last_event_at: datetime | None


@dataclass(frozen=True)
class Parties:
    """How many there are of a kind, and under how many identifiers."""

    parties: int
    identifiers: int


@dataclass(frozen=True)
class Holdings:
    """What the warehouse holds.

    `findings` says how many people, events … each is about; `changed` how many dates a run had to
    compute anew, by why.
    """

    sources: list[SourceFate]
    parties: dict[str, Parties]
    findings: dict[str, int]
    changed: dict[str, int]

    @property
    def records(self) -> int:
        """Records of all sources."""
        return sum(source.records for source in self.sources)


@dataclass(frozen=True)
class Headline:
    """One number of the organisation: now, and four weeks before if it is known."""

    metric: str
    statistic: str
    value: float
    people: int | None
    before: float | None


@dataclass(frozen=True)
class Published:
    """What is published now.

    `withheld` says for each segment type how many cells are, and of how many. `damage` says what is
    wrong with the files, None when nothing is.
    """

    generation: Path
    database: Path
    release: Row
    week: date | None
    headlines: list[Headline] = field(default_factory=list)
    withheld: dict[str, tuple[int, int]] = field(default_factory=dict)
    damage: str | None = None


def holdings(settings: Settings, run_id: str = "") -> Holdings | None:
    """Look into the warehouse; None while there is none.

    `run_id` is the run whose files are called new.

    Raises
    ------
    JobError
        The warehouse is open in another program, or damaged.
    """
    path = warehouse_path(settings)
    if not path.exists():
        return None
    with (
        closing(connect(path, read_only=True)) as connection,
        plain_errors("The warehouse could not be read"),
    ):
        look = _Look(connection, SQL / "ops" / "status.sql")
        reasons = _by_source(look("reasons"), "reason", "quarantined")
        rules = _by_source(look("exclusions"), "rule", "excluded")
        return Holdings(
            sources=[
                SourceFate(
                    name=row["source_name"],
                    format=row["format"],
                    files=row["files"],
                    new_files=row["new_files"],
                    records=row["records"],
                    loaded=row["loaded"],
                    duplicate=row["duplicate"],
                    excluded=rules.get(row["source_name"], {}),
                    quarantined=reasons.get(row["source_name"], {}),
                    exported_at=row["exported_at"],
                    loaded_at=row["loaded_at"],
                    last_event_at=row["last_event_at"],
                )
                for row in look("sources", run_id=run_id)
            ],
            parties={
                row["party_kind"]: Parties(row["parties"], row["identifiers"])
                for row in look("parties")
            },
            findings={row["finding"]: row["subjects"] for row in look("findings")},
            changed={row["reason"]: row["dates"] for row in look("changed", run_id=run_id)},
        )


def freshness(settings: Settings, held: Holdings) -> dict[str, Freshness]:
    """Tell of each source that has delivered whether it does so as often as is expected of it."""
    delivered = {source.name: source.loaded_at for source in held.sources}
    now = datetime.now(UTC).replace(tzinfo=None)
    return {
        source.name: freshness_of(source, moment, now)
        for source in settings.sources
        if (moment := delivered.get(source.name)) is not None
    }


def published(settings: Settings, *, check: bool = False) -> Published | None:
    """Look at what is published; None while nothing is. `check` compares it with its checksums."""
    database = published_path(settings) / "current" / DATABASE
    gone = missing(settings)
    if gone:
        damage = f"{gone} is what is published, and it is not there. {_MEND}"
        return Published(published_path(settings) / gone, database, {}, None, damage=damage)
    generation = current(settings)
    if generation is None:
        return None
    if check:
        try:
            verify(generation)
        except JobError as error:
            # What is damaged is not opened: a database's code is not made for it.
            return Published(generation, database, {}, None, damage=f"{error} {_MEND}")
    try:
        with closing(open_published(generation)) as connection:
            [release] = _Look(connection, SQL / "bi" / "release.sql")("answer")
            headlines = _Look(connection, SQL / "bi" / "headlines.sql")("answer")
            withheld = _Look(connection, SQL / "bi" / "withheld.sql")("answer")
    except (duckdb.BinderException, ValueError):
        damage = "Another version of tacit published it; `tacit run` publishes anew."
        return Published(generation, database, {}, None, damage=damage)
    except duckdb.Error:
        damage = f"{DATABASE} of {generation.name} cannot be read. {_MEND}"
        return Published(generation, database, {}, None, damage=damage)
    weeks = [row["week_start"] for row in headlines if row["is_last_week"]]
    return Published(
        generation=generation,
        database=database,
        release=release,
        week=weeks[0] if weeks else None,
        headlines=_headlines(headlines),
        withheld={row["segment_type"]: (row["withheld_cells"], row["cells"]) for row in withheld},
    )


class _Look:
    """The questions of one `.sql` file, asked of one database; a missing table has no rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._questions = statements(path)

    def __call__(self, question: str, **parameters: str) -> list[Row]:
        try:
            found = self._connection.execute(self._questions[question], parameters or None)
        except duckdb.CatalogException:
            return []
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _by_source(rows: list[Row], key: str, value: str) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for row in rows:
        nested.setdefault(row["source_name"], {})[row[key]] = row[value]
    return nested


def _headlines(rows: list[Row]) -> list[Headline]:
    """Put the two weeks of each number side by side."""
    before = {
        (row["metric"], row["statistic"]): row["value"] for row in rows if not row["is_last_week"]
    }
    return [
        Headline(
            metric=row["metric"],
            statistic=row["statistic"],
            value=row["value"],
            people=row["people"],
            before=before.get((row["metric"], row["statistic"])),
        )
        for row in rows
        if row["is_last_week"] and row["value"] is not None
    ]
