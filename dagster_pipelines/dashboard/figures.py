"""What a page shows: figures, each with all that is needed to read it, and the choices it offers.

Here belongs what is said of numbers. How they are drawn belongs in `charts`, how all of it becomes
HTML in `rendering`.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

import altair as alt

from dagster_pipelines.dashboard.published import Definition, Published, Row

MOST_DECIMALS = 6

_FORMULA = re.compile(r"\s*[=+\-@|%]|[\t\r\n]")


class Kind(Enum):
    """What the values of a column are, which decides how they are written."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column of a figure's table: the field of its rows, its heading, what it holds."""

    field: str
    heading: str
    kind: Kind = Kind.NUMBER


WEEK = Column("week_start", "Week of", Kind.DATE)
MONTH = Column("month_start", "Month", Kind.DATE)
PEOPLE = Column("people", "People", Kind.COUNT)


@dataclass(frozen=True)
class Figure:
    """A chart or a table, and what has to be said beside it.

    Attributes
    ----------
    name
        Names it on its page: in links, and its CSV.
    title
        What it shows.
    rows
        One a cell. `people` says on how many people a cell rests, `is_withheld` whether it is
        withheld; where there are neither, it is about no people.
    columns
        What its table shows of the rows.
    definitions
        The metrics that it shows.
    chart
        How it is drawn, None of a table alone.
    says
        The chart in a sentence or two, for who cannot see it.
    note
        What else has to be known to read it.
    nothing
        What is said in its place when there are no rows.
    """

    name: str
    title: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    definitions: Sequence[Definition] = ()
    chart: alt.TopLevelMixin | None = None
    says: str = ""
    note: str = ""
    nothing: str = "There is nothing to show yet."

    @property
    def people(self) -> str | None:
        """On how many people the cells rest that are shown; None where it is about no people."""
        if not any("people" in row for row in self.rows):
            return None
        counts = [row["people"] for row in self.rows if row.get("people") is not None]
        if not counts:
            return "no group is shown"
        least, most = min(counts), max(counts)
        return f"{most:,} people" if least == most else f"{least:,} to {most:,} people a value"

    @property
    def withheld(self) -> str | None:
        """How many cells are withheld, of how many; None where none ever is."""
        if not any("is_withheld" in row for row in self.rows):
            return None
        count = sum(row["is_withheld"] for row in self.rows)
        return f"{count:,} of {len(self.rows):,} withheld" if count else "nothing withheld"

    @property
    def is_all_withheld(self) -> bool:
        """Whether there is something, and all of it is withheld."""
        return bool(self.rows) and all(row.get("is_withheld") for row in self.rows)


@dataclass(frozen=True)
class Tile:
    """One number with its name, and how it was four weeks before."""

    definition: Definition
    statistic: str
    value: float | None
    value_before: float | None
    people: int | None


@dataclass(frozen=True)
class Choice:
    """Something to choose from on a page: the values, by the words for them, and the one chosen."""

    name: str
    label: str
    options: Mapping[str, str]
    chosen: str


@dataclass(frozen=True)
class Shown:
    """A page as it was asked for."""

    figures: Sequence[Figure] = ()
    tiles: Sequence[Tile] = ()
    choices: Sequence[Choice] = ()
    definitions: Sequence[Definition] = ()
    notes: Sequence[str] = ()


Asked = Mapping[str, str]
"""What was chosen on a page, by the names of its choices."""


@dataclass(frozen=True)
class Page:
    """A page of the dashboard.

    Attributes
    ----------
    slug
        Its address.
    title
        Its name in the list of pages.
    question
        What it answers.
    reads
        The published tables that it is made of.
    show
        Makes it of a publication.
    """

    slug: str
    title: str
    question: str
    reads: frozenset[str]
    show: Callable[[Published, Asked], Shown] = field(repr=False)


def choose(asked: Asked, name: str, label: str, options: Mapping[str, str]) -> Choice:
    """Return a choice: what was asked for if there is such a thing, else the first option."""
    wanted = asked.get(name, "")
    first = next(iter(options), "")
    return Choice(name, label, options, wanted if wanted in options else first)


def choose_metric(asked: Asked, published: Published, metrics: Iterable[str]) -> Choice:
    """Return a choice between metrics, by their labels."""
    labels = {metric: published.definitions[metric].label for metric in metrics}
    return choose(asked, "metric", "Metric", labels)


def value_kind(definition: Definition) -> Kind:
    """Return what the values of a metric are."""
    return Kind.SHARE if definition.is_share else Kind.NUMBER


def value_of(definition: Definition, heading: str | None = None) -> Column:
    """Return the column of a metric's values, under its label or another heading."""
    return Column("value", heading or definition.label, value_kind(definition))


def written(value: object, kind: Kind) -> str:
    """Return a value as people read it; nothing for None.

    Numbers have three digits that count, shares a tenth of a per cent.
    """
    if value is None:
        return ""
    if isinstance(value, bool | str) or kind is Kind.TEXT:
        return str(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, int | float):
        raise TypeError(f"a value of {type(value).__name__} has no form")
    if kind is Kind.SHARE:
        return f"{value:.1%}".replace("%", " %")
    if kind is Kind.COUNT:
        return f"{value:,.0f}"
    magnitude = math.floor(math.log10(abs(value))) if value else 2
    return f"{value:,.{min(max(0, 2 - magnitude), MOST_DECIMALS)}f}"


def as_csv(figure: Figure) -> str:
    """Return a figure's rows as CSV: the numbers in full, and no text that a spreadsheet runs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [column.field for column in figure.columns]
    if any("is_withheld" in row for row in figure.rows):
        names.append("is_withheld")
    writer.writerow(names)
    for row in figure.rows:
        writer.writerow([_harmless(row.get(name)) for name in names])
    return text.getvalue()


def _harmless(value: object) -> object:
    """Return a value of a cell; text that a spreadsheet would take for a formula, after a quote."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
