"""The audit of `bi.programme_reach`: who is in the segments of a month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from dagster_pipelines.disclosure.attacks import MOVED, Numbers, revealed
from dagster_pipelines.disclosure.exact import Integers
from dagster_pipelines.disclosure.membership import Segments, TwoTimes
from dagster_pipelines.disclosure.together import PEOPLE, TOLD
from dagster_pipelines.sqlfiles import SQL, statements

TABLE = "bi.programme_reach"
QUESTIONS = SQL / "disclosure" / "programme_reach.sql"
PARTICIPANTS = "participants"

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
    last = None
    for done, month in enumerate(months, start=1):
        parameters = {"month_start": month}
        people = warehouse.execute(asks["people"], parameters).to_arrow_table()
        cells = candidate.execute(asks["cells"], parameters).fetchall()
        sizes = candidate.execute(asks["sizes_withheld"], parameters).fetchall()
        withheld = {
            (type_, name) for week, type_, name in sizes if (week, PEOPLE) not in stated_before
        }
        said = [*_of_month(people, cells, withheld, least)]
        takes_part = warehouse.execute(asks["participants"], parameters).fetchall()
        now = _Month.of(month, people, cells, takes_part)
        if last is not None and month == (last.start + timedelta(days=31)).replace(day=1):
            said += _of_two_months(last, now, least)
        for one in said:
            yield f"{TABLE}, month of {month}: {one}."
        last = now
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


@dataclass(frozen=True)
class _Month:
    """Who takes part in what in a month.

    Attributes
    ----------
    start
        Its first day.
    person_ids
        Who is eligible, in order.
    members
        A column for each type of segment; NULL where it is not known.
    takes_part
        For each programme who takes part in it, eligible or not.
    shown
        For each programme the segments of which it is shown how many do.
    """

    start: date
    person_ids: Integers
    members: pa.Table
    takes_part: dict[str, set[int]]
    shown: dict[str, set[Segment]]

    @classmethod
    def of(
        cls, start: date, people: pa.Table, cells: list[Row], takes_part: list[tuple[str, int]]
    ) -> _Month:
        """Gather what is known: people out of the warehouse, cells out of the candidate."""
        of_programmes: dict[str, set[int]] = {}
        for programme, person in takes_part:
            of_programmes.setdefault(programme, set()).add(person)
        shown: dict[str, set[Segment]] = {}
        for programme, type_, value, metric, _, is_withheld in cells:
            if metric == PARTICIPANTS and not is_withheld:
                shown.setdefault(programme, set()).add((type_, value))
        person_ids = people.column("person_id").to_numpy()
        return cls(start, person_ids, people.drop_columns(["person_id"]), of_programmes, shown)

    def numbers_of(self, programme: str, person_ids: Integers) -> Numbers:
        """Return 1 for who takes part and 0 for who does not, NaN of whoever is not eligible."""
        takes_part = np.isin(person_ids, [*self.takes_part.get(programme, ())])
        return np.where(np.isin(person_ids, self.person_ids), takes_part, np.nan)


def _of_two_months(before: _Month, now: _Month, least: int) -> Iterator[str]:
    """Yield a sentence for what is said of a few who came or went."""
    both = TwoTimes.of((before.person_ids, before.members), (now.person_ids, now.members))
    count = 0
    for programme in before.shown.keys() & now.shown.keys():
        shown = before.shown[programme] & now.shown[programme]
        numbers = (
            before.numbers_of(programme, both.person_ids),
            now.numbers_of(programme, both.person_ids),
        )
        count += both.moved(numbers, shown, least)
    if count:
        yield f"{PARTICIPANTS}, {count} times: {MOVED}"


def _shown(cells: list[Row]) -> Iterator[tuple[str, dict[Segment, int]]]:
    """Yield for each programme and figure the metric and the segments shown, with their people."""
    figures: dict[tuple[str, str], dict[Segment, int]] = {}
    for programme, type_, value, metric, people, is_withheld in cells:
        shown = figures.setdefault((programme, metric), {})
        if not is_withheld:
            shown[type_, value] = people
    for (_, metric), shown in sorted(figures.items()):
        yield metric, shown
