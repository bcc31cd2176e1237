"""The audit of tables whose cells have nobody's number in common: none can be subtracted.

Each cell is looked at by itself: on how many people it rests, counted again, and whether a sum says
nearly what one of them has, or with the week before what a few have who came or went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute

from dagster_pipelines.disclosure.attacks import (
    DOMINATED,
    MOVED,
    Flags,
    Numbers,
    Problem,
    dominated,
    moved,
)
from dagster_pipelines.disclosure.exact import NOBODY, Integers
from dagster_pipelines.disclosure.together import TOLD
from dagster_pipelines.sqlfiles import SQL, statements

TABLES = (
    *("org_structure", "newcomer_ramp", "participation"),
    *("programme_engagement", "programme_effects"),
)

FEW = "a cell is shown that rests on fewer people than may be shown"
OTHERS = "a cell rests on other people than it says"
UNKNOWN = "on whom a cell rests is not known to the audit"
LEFT_OVER = "with the mean of all people a cell says what a few have who are not in it"

# What names a cell among those of a metric, and the metric.
Cell = tuple[str, str]
# A cell, on how many people it says that it rests, on how many at least, whether it is withheld.
Row = tuple[str, str, int | None, int, bool]


def audit(
    warehouse: duckdb.DuckDBPyConnection,
    candidate: duckdb.DuckDBPyConnection,
    least: int,
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    """Yield a sentence for each metric whose cells give a few people away.

    Parameters as for `segments.audit`.
    """
    for done, table in enumerate(TABLES, start=1):
        asks = statements(SQL / "disclosure" / f"{table}.sql")
        last: tuple[date | None, dict[str, _Sums]] = None, {}
        for period in _periods(candidate, asks):
            parameters = {} if period is None else {"period": period}
            rows = candidate.execute(asks["cells"], parameters).fetchall()
            people = warehouse.execute(asks["people"], parameters).fetchall()
            found = _wrong_people(rows, {(cell, metric): n for cell, metric, n in people}, least)
            if "numbers" in asks:
                answer = warehouse.execute(asks["numbers"], parameters).to_arrow_table()
                sums = _sums(answer, rows)
                follows = period is not None and last[0] == period - timedelta(days=7)
                found += _one_person_s(sums, last[1] if follows else {}, least)
                last = period, sums
            if "left_over" in asks:
                of_few = warehouse.execute(asks["left_over"], {"least": least}).fetchall()
                shown = {
                    (cell, metric) for cell, metric, *_, is_withheld in rows if not is_withheld
                }
                found += Counter((metric, LEFT_OVER) for _, metric in shown & {*of_few})
            if "told_elsewhere" in asks:
                told = candidate.execute(asks["told_elsewhere"], parameters).fetchall()
                found += Counter({(metric, TOLD): count for metric, count in told})
            where = f"bi.{table}" + (f", week of {period}" if period else "")
            for (metric, how), count in sorted(found.items()):
                yield f"{where}: {metric}, {count} times: {how}."
        progress(done, len(TABLES))


def _periods(
    candidate: duckdb.DuckDBPyConnection, asks: dict[str, str]
) -> list[date] | tuple[None]:
    """Return the weeks that are looked at one by one, None for a table that has none."""
    if "periods" not in asks:
        return (None,)
    return [period for (period,) in candidate.execute(asks["periods"]).fetchall()]


def _wrong_people(rows: list[Row], people: dict[Cell, int], least: int) -> Counter[tuple[str, str]]:
    """Count by metric, and what is wrong, the shown cells that rest on too few or other people."""
    found: Counter[tuple[str, str]] = Counter()
    for cell, metric, said, least_people, is_withheld in rows:
        if is_withheld:
            continue
        counted = people.get((cell, metric))
        if counted is None:
            found[metric, UNKNOWN] += 1
            continue
        found[metric, OTHERS] += counted != said
        found[metric, FEW] += counted < max(least, least_people)
    return +found


@dataclass(frozen=True)
class _Sums:
    """Cells of a metric that are sums of what people have: a row for each person in each cell.

    Attributes
    ----------
    cells
        The name of the row's cell.
    who
        The person, or the pair.
    numbers
        What is had.
    shown
        Which cells are shown.
    """

    cells: pa.Array
    who: Integers
    numbers: Numbers
    shown: frozenset[str]

    def problem(self, least: int) -> Problem:
        """Return the cells as a problem of one type."""
        coded = self.cells.dictionary_encode()
        codes = coded.indices.to_numpy().astype(np.int64)
        return Problem(codes[None, :], [self.is_shown(coded.dictionary)], least)

    def is_shown(self, names: pa.Array) -> Flags:
        """Return which of some cells are shown."""
        return np.array([name in self.shown for name in names.to_pylist()], dtype=bool)


def _sums(answer: pa.Table, rows: list[Row]) -> dict[str, _Sums]:
    """Return the sums of each metric."""
    metrics = answer.column("metric")
    found = {}
    for metric in metrics.unique().to_pylist():
        of_metric = answer.filter(pyarrow.compute.equal(metrics, metric))
        found[metric] = _Sums(
            of_metric.column("cell").combine_chunks(),
            of_metric.column("who").to_numpy(),
            of_metric.column("number").to_numpy(),
            frozenset(row[0] for row in rows if row[1] == metric and not row[-1]),
        )
    return found


def _one_person_s(
    sums: dict[str, _Sums], before: dict[str, _Sums], least: int
) -> Counter[tuple[str, str]]:
    """Count by metric, and how, the shown sums that say nearly what one or a few have."""
    found: Counter[tuple[str, str]] = Counter()
    for metric, now in sums.items():
        found[metric, DOMINATED] = dominated(now.problem(least), now.numbers)
        if metric in before:
            found[metric, MOVED] = _moved(before[metric], now, least)
    return +found


def _moved(before: _Sums, now: _Sums, least: int) -> int:
    """Count the cells that say, with the week before, nearly what a few who came or went have."""
    names = pa.concat_arrays([before.cells, now.cells]).unique()
    rows = [
        np.stack([pyarrow.compute.index_in(week.cells, names).to_numpy(), week.who])
        for week in (before, now)
    ]
    both, place = np.unique(np.hstack(rows), axis=1, return_inverse=True)
    cells = np.full((2, both.shape[1]), NOBODY)
    numbers = np.full((2, both.shape[1]), np.nan)
    places = np.split(place.ravel(), [len(before.who)])
    for week, sums in enumerate((before, now)):
        cells[week, places[week]] = rows[week][0]
        numbers[week, places[week]] = sums.numbers
    return moved(
        (cells[0], cells[1]),
        (numbers[0], numbers[1]),
        before.is_shown(names) & now.is_shown(names),
        least,
    )
