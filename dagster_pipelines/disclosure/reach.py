"""The audit of `bi.programme_reach`: who is in the segments of a month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from dagster_pipelines.disclosure.attacks import revealed
from dagster_pipelines.disclosure.membership import Segments
from dagster_pipelines.disclosure.together import PEOPLE, TOLD
from dagster_pipelines.sqlfiles import SQL, statements

TABLE = "bi.programme_reach"
QUESTIONS = SQL / "disclosure" / "programme_reach.sql"

# Type and name.
Segment = tuple[str, str]
# Programme, type and name of a segment, metric, people, whether it is withheld.
Row = tuple[str, str, str, str, int | None, bool]


def audit(
    warehouse: duckdb.DuckDBPyConnection,
    candidate: duckdb.DuckDBPyConnection,
    stated_before: set[tuple[date, str]],
    least: int,
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    """Yield a sentence for each figure of a month that gives a few people away.

    Parameters as for `segments.audit`.
    """
    asks = statements(QUESTIONS)
    months = [month for (month,) in candidate.execute(asks["months"]).fetchall()]
    for done, month in enumerate(months, start=1):
        parameters = {"month_start": month}
        people = warehouse.execute(asks["people"], parameters).to_arrow_table()
        cells = candidate.execute(asks["cells"], parameters).fetchall()
        sizes = candidate.execute(asks["sizes_withheld"], parameters).fetchall()
        withheld = {
            (type_, name) for week, type_, name in sizes if (week, PEOPLE) not in stated_before
        }
        for one in _of_month(people, cells, withheld, least):
            yield f"{TABLE}, month of {month}: {one}."
        progress(done, len(months))


def _of_month(
    people: pa.Table, cells: list[Row], sizes_withheld: set[Segment], least: int
) -> Iterator[str]:
    segments = Segments(people.drop_columns(["person_id"]), {cell[1:3] for cell in cells})
    everybody = np.ones(people.num_rows, dtype=bool)
    # Most programmes and figures show the same cells.
    solved: dict[frozenset[Segment], dict[str, int]] = {}
    for metric, shown in _shown(cells):
        problem = segments.problem(everybody, shown, least)
        if not segments.hold_as_many(problem, shown):
            yield f"{metric} rests on other people than it says"
        if count := len(sizes_withheld & shown.keys()):
            yield f"{metric}, {count} times: {TOLD}"
        cells_shown = frozenset(shown)
        if cells_shown not in solved:
            solved[cells_shown] = revealed(problem) if people.num_rows else {}
        for how, count in solved[cells_shown].items():
            yield f"{metric}, {count} times: {how}"


def _shown(cells: list[Row]) -> Iterator[tuple[str, dict[Segment, int]]]:
    """Yield for each programme and figure the metric and the segments shown, with their people."""
    figures: dict[tuple[str, str], dict[Segment, int]] = {}
    for programme, type_, value, metric, people, is_withheld in cells:
        shown = figures.setdefault((programme, metric), {})
        if not is_withheld:
            shown[type_, value] = people
    for (_, metric), shown in sorted(figures.items()):
        yield metric, shown
