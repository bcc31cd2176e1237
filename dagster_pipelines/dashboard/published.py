"""What pages may ask: the questions of `sql/dashboard`, put to one publication."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from dagster_pipelines import publication
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements

Row = dict[str, Any]

_QUESTIONS = SQL / "dashboard"


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


class Published:
    """One publication.

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
        statement = statements(_QUESTIONS / f"{page}.sql")[question]
        answer = self._connection.execute(statement, parameters or None)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    @cached_property
    def release(self) -> Row:
        """The one row of `bi.release`."""
        (row,) = self.ask("publication", "release")
        return row

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """All metrics, by name."""
        rows = self.ask("publication", "definitions")
        return {row["metric"]: Definition(**row) for row in rows}


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
