"""What pages may ask: the questions of `sql/dashboard`, put to one publication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from dagster_pipelines import publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements

Row = dict[str, Any]

_OTHER_VERSION = (
    "{} was published by another version of tacit, and lacks what this page shows; `tacit run`"
    " publishes anew."
)


@dataclass(frozen=True)
class Definition:
    """What a metric means, as the publication itself says it (`bi.metric_definitions`)."""

    metric: str
    label: str
    question: str
    formula: str
    unit: str
    value_range: str
    grain: str
    time_window: str
    denominator: str | None
    caveats: str | None
    source: str | None

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole, which people read in per cent."""
        return self.unit == "share"


class Definitions(dict[str, Definition]):
    """The metrics of a publication by name; a page may ask for one that it has not."""

    def __init__(self, generation: str, found: Mapping[str, Definition]) -> None:
        super().__init__(found)
        self._generation = generation

    def __missing__(self, metric: str) -> Definition:
        """Say that another version published."""
        raise JobError(_OTHER_VERSION.format(self._generation))


class Published:
    """One publication. What it has not, since another version of tacit made it, is a `JobError`.

    Parameters
    ----------
    generation
        Its name.
    connection
        Its database, opened read-only.
    """

    def __init__(self, generation: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.generation = generation
        self._connection = connection

    def ask(self, page: str, question: str, **parameters: object) -> list[Row]:
        """Return the answer to a section of `sql/dashboard/<page>.sql`, a dictionary a row."""
        return self._rows(statements(SQL / "dashboard" / f"{page}.sql")[question], parameters)

    def answer(self, question: str) -> list[Row]:
        """Return the answer to a question of `sql/bi`, a dictionary a row."""
        return self._rows(statements(SQL / "bi" / f"{question}.sql")["answer"], {})

    def _rows(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        try:
            answer = self._connection.execute(statement, parameters or None)
        except (duckdb.CatalogException, duckdb.BinderException):
            raise JobError(_OTHER_VERSION.format(self.generation)) from None
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    @cached_property
    def release(self) -> Row:
        """The one row of `bi.release`."""
        (row,) = self.ask("publication", "release")
        return row

    @cached_property
    def definitions(self) -> Definitions:
        """All metrics, by name."""
        rows = self.ask("publication", "definitions")
        found = {row["metric"]: Definition(**row) for row in rows}
        return Definitions(self.generation, found)


@contextmanager
def open_published(settings: Settings) -> Iterator[Published]:
    """Open what is published now.

    Raises
    ------
    JobError
        Nothing is published yet, what is published is gone, or it does not open.
    """
    generation, connection = publication.open_current(settings)
    with closing(connection):
        yield Published(generation.name, connection)
