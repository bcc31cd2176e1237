"""The audit of `bi.segment_weeks`: what its cells would give away about a few people.

Here belongs how the cells of a week become problems. What is looked for in one belongs in
`attacks`. Nothing here knows how dbt decides what to withhold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute

from dagster_pipelines.disclosure import ties, together
from dagster_pipelines.disclosure.attacks import DOMINATED, MOVED, dominated, revealed
from dagster_pipelines.disclosure.bounds import NARROW, count_narrow
from dagster_pipelines.disclosure.membership import Segments, TwoTimes
from dagster_pipelines.disclosure.week import Row, Week, shown_of
from dagster_pipelines.sqlfiles import SQL, statements

PANEL = "segment_weeks"
DEPARTMENT = "department"
TABLE = f"bi.{PANEL}"
QUESTIONS = SQL / "disclosure" / "segment_weeks.sql"

NEWEST = 8
"""Of so many weeks, the last, it is looked at how narrowly withheld sums are bounded."""

PARTS = ("cross_team_share", "reciprocal_share", "diversity_coverage")
"""Of these nobody can have more than one."""


def audit(
    warehouse: duckdb.DuckDBPyConnection,
    candidate: duckdb.DuckDBPyConnection,
    stated_before: set[tuple[date, str]],
    waiting: set[tuple[date, str, str, str]],
    matrices: Mapping[date, ties.Matrix],
    least: int,
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    """Yield a sentence for each figure of a week that gives a few people away.

    Parameters
    ----------
    warehouse
        The warehouse, of which the marts are read.
    candidate
        The database that is to be published.
    stated_before
        Weeks and metrics that rest on what the warehouse had before, and are looked at in `stated`.
    waiting
        Weeks, metrics, types and values of cells that are shown as the warehouse had them before.
    matrices
        Which ties of departments are withheld, of weeks whose ties rest on what the warehouse has.
    least
        Fewer people than this may not be shown.
    progress
        Is told how many weeks of how many have been looked at.
    """
    asks = statements(QUESTIONS)
    weeks = [week for (week,) in candidate.execute(asks["weeks"]).fetchall()]
    last = None
    for done, start in enumerate(weeks, start=1):
        parameters = {"week_start": start}
        people = warehouse.execute(asks["people"], parameters).to_arrow_table()
        cells = candidate.execute(asks["cells"], parameters).fetchall()
        week = Week.of(start, people, cells)
        figures = [cell for cell in cells if (start, cell[2]) not in stated_before]
        said = [*_of_week(week, figures, least)]
        if start in weeks[-NEWEST:]:
            said += _of_bounds(week, figures, least)
        rest_on_before = {(start, ties.EVERYBODY), (start, ties.OUTSIDE)} & stated_before
        if start in matrices and not rest_on_before:
            said += _of_ties(week, figures, matrices[start], least)
        said += together.revealed(week, figures, least)
        if last is not None and start == last.start + timedelta(days=7):
            said += _of_two_weeks(last, week, waiting, least)
        for one in said:
            yield f"{TABLE}, week of {start}: {one}."
        last = week
        progress(done, len(weeks))


def _of_two_weeks(
    before: Week, now: Week, waiting: set[tuple[date, str, str, str]], least: int
) -> Iterator[str]:
    """Yield a sentence for each figure that says what a few have who came or went."""
    both = TwoTimes.of((before.person_ids, before.members), (now.person_ids, now.members))
    for metric in sorted({metric for metric, statistic in now.shown if statistic == "mean"}):
        numbers = (
            before.numbers_of(metric, both.person_ids),
            now.numbers_of(metric, both.person_ids),
        )
        shown = {
            cell
            for cell in before.shown.get((metric, "mean"), {}).keys() & now.shown[metric, "mean"]
            if not waiting & {(week.start, metric, *cell) for week in (before, now)}
        }
        if count := both.moved(numbers, shown, least):
            yield f"{metric} (mean), {count} times: {MOVED}"


def _of_week(week: Week, cells: list[Row], least: int) -> Iterator[str]:
    counts_in, numbers, figures = week.counts_in, week.numbers, shown_of(cells)
    segments = Segments(week.members, {cell[:2] for cell in cells})
    for type_ in sorted({cell[0] for cell in cells} - set(segments.types)):
        yield f"who is in a {type_} is not known to the audit"
    solved: dict[bytes, dict[str, int]] = {}
    for (metric, statistic), shown in sorted(figures.items()):
        if metric not in counts_in:
            yield f"who counts in {metric} is not known to the audit"
            continue
        counts = counts_in[metric]
        problem = segments.problem(counts, shown, least)
        if not segments.hold_as_many(problem, shown):
            yield f"{metric} ({statistic}) rests on other people than it says"
        if statistic == "mean" and (near := dominated(problem, numbers[metric][counts])):
            yield f"{metric} ({statistic}), {near} times: {DOMINATED}"
        key = counts.tobytes() + b"".join(is_shown.tobytes() for is_shown in problem.is_shown)
        if key not in solved:
            solved[key] = revealed(problem) if counts.any() else {}
        for how, count in solved[key].items():
            yield f"{metric} ({statistic}), {count} times: {how}"


def _of_bounds(week: Week, cells: list[Row], least: int) -> Iterator[str]:
    """Yield a sentence for each mean of which withheld sums are bounded too narrowly."""
    segments = Segments(week.members, {cell[:2] for cell in cells})
    for (metric, statistic), shown in sorted(shown_of(cells).items()):
        if statistic == "mean" and metric in week.numbers:
            counts = week.counts_in[metric]
            most = 1.0 if metric in PARTS else np.inf
            problem = segments.problem(counts, shown, least)
            if count := count_narrow(problem, week.numbers[metric][counts], most):
                yield f"{metric} (mean), {count} times: {NARROW}"


def _of_ties(week: Week, cells: list[Row], matrix: ties.Matrix, least: int) -> Iterator[str]:
    """Yield a sentence for what means and the pairs of departments give away together."""
    segments = Segments(week.members, {cell[:2] for cell in cells})
    everybody, outside = (
        segments.problem(week.counts_in[metric], week.shown.get((metric, "mean"), {}), least)
        for metric in (ties.EVERYBODY, ties.OUTSIDE)
    )
    has_ties, has_outside = (
        np.nan_to_num(week.numbers[metric]) for metric in (ties.EVERYBODY, ties.OUTSIDE)
    )
    column = week.members.column(DEPARTMENT).combine_chunks()
    departments = ties.Departments(
        segments.names(DEPARTMENT),
        _counted(column, (has_outside > 0) & ~week.counts_in[ties.OUTSIDE]),
        _counted(column, (has_ties > has_outside) & ~week.counts_in[ties.EVERYBODY]),
        everybody_has_one=not column.null_count,
        least=least,
    )
    of_type = segments.types.index(DEPARTMENT)
    found = ties.revealed((everybody, outside), of_type, departments, matrix)
    for how, count in found.items():
        yield f"{count} times: {how}"


def _counted(names: pa.Array, people: np.ndarray) -> dict[str, int]:
    """Count some people by name."""
    return dict(Counter(names.filter(pa.array(people)).drop_null().to_pylist()))
