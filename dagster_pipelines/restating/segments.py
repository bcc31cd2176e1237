"""The tables of segments: which cells may be stated anew.

Here belongs how the cells of a period become histories. Which cells of a history may be stated anew
belongs in `history`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.restating.history import Flags, History, Integers, Numbers, restated
from dagster_pipelines.sqlfiles import SQL, statements
from dbt_project.withholding import UNKNOWN

STEPS = SQL / "restating" / "segments.sql"
COLUMNS = ["scope", "period_start", "segment_type", "segment_value", "metric"]


def decide(connection: duckdb.DuckDBPyConnection, state: int, least: int) -> None:
    """Fill the table `cells_restated`, of what changed in `people_changed`.

    Parameters as for `tables.restate`.
    """
    steps = statements(STEPS)
    for scope, period_start in connection.execute(steps["periods"]).fetchall():
        period = _Period.of(connection, steps, state, scope, period_start)
        rows = [(scope, period_start, *cell) for cell in period.restated(least)]
        if rows:
            columns = [pa.array(column) for column in zip(*rows, strict=True)]
            connection.register("rows", pa.table(columns, COLUMNS))
            connection.execute("insert into cells_restated by name from rows")
            connection.unregister("rows")


@dataclass(frozen=True)
class _Period:
    """What was stated of a period's segments, and who is in them.

    Attributes
    ----------
    names
        For each type of segment, the names of its cells.
    people
        Of shape (states, types, people): the place of each one's cell.
    numbers
        For each metric, of shape (states, people).
    stated, may_change
        For each metric what a history has of that name.
    """

    names: dict[str, list[str]]
    people: Integers
    numbers: dict[str, Numbers]
    stated: dict[str, list[Flags]]
    may_change: dict[str, list[Flags]]

    @classmethod
    def of(
        cls,
        connection: duckdb.DuckDBPyConnection,
        steps: Mapping[str, str],
        state: int,
        scope: str,
        period_start: date,
    ) -> _Period:
        """Gather it from the tables."""
        which = {"scope": scope, "period_start": period_start}
        cells = connection.execute(steps["cells"], which).fetchall()
        people = connection.execute(steps["people"], {**which, "state": state}).to_arrow_table()
        stated_of = {one for *_, states, _ in cells for one in states}
        numbered = sorted({state, *stated_of, *people.column("state").unique().to_pylist()})
        types = sorted({type_ for _, type_, *_ in cells})
        members = {
            type_: pc.map_lookup(people.column("segments").combine_chunks(), type_, "first")
            for type_ in types
        }
        names = {
            type_: sorted(
                {name for _, of_type, name, *_ in cells if of_type == type_}
                | set(members[type_].unique().drop_null().to_pylist())
            )
            for type_ in types
        }
        rows = _Rows.of(people, numbered)
        metrics = sorted({metric for metric, *_ in cells})
        shape = {type_: (len(numbered) - 1, len(of_type)) for type_, of_type in names.items()}
        stated = {metric: [np.zeros(shape[type_], bool) for type_ in types] for metric in metrics}
        may_change = {
            metric: [np.zeros(shape[type_][1], bool) for type_ in types] for metric in metrics
        }
        places = {type_: {name: at for at, name in enumerate(names[type_])} for type_ in types}
        for metric, type_, name, states, cell_may_change in cells:
            at, place = types.index(type_), places[type_][name]
            stated[metric][at][[numbered.index(one) for one in states], place] = True
            may_change[metric][at][place] = cell_may_change
        return cls(
            names,
            np.array([rows.places(members[type_], names[type_]) for type_ in types]).swapaxes(0, 1),
            {metric: rows.numbers(people.column("numbers"), metric) for metric in metrics},
            stated,
            may_change,
        )

    def restated(self, least: int) -> Iterator[tuple[str, str, str]]:
        """Yield type, name and metric of each cell that is to be stated anew."""
        for metric, numbers in self.numbers.items():
            history = History(
                numbers, self.people, self.stated[metric], self.may_change[metric], least
            )
            for (type_, names), flags in zip(self.names.items(), restated(history), strict=True):
                for place in np.flatnonzero(flags):
                    yield type_, names[place], metric


@dataclass(frozen=True)
class _Rows:
    """Which state and person each row of people is of; a state has the rows that changed in it."""

    states: Integers
    people: Integers
    shape: tuple[int, int]

    @classmethod
    def of(cls, people: pa.Table, numbered: list[int]) -> _Rows:
        """Return the rows of a table; its states, in order, are `numbered`."""
        ids = people.column("person_id").to_numpy()
        who = np.unique(ids)
        return cls(
            np.searchsorted(numbered, people.column("state").to_numpy()),
            np.searchsorted(who, ids),
            (len(numbered), len(who)),
        )

    def places(self, members: pa.Array, names: list[str]) -> Integers:
        """Return the places of cells, (states, people)."""
        places = pc.index_in(members, pa.array(names, pa.string())).fill_null(UNKNOWN)
        return self._spread(places.to_numpy().astype(np.int64), UNKNOWN)

    def numbers(self, numbers: pa.ChunkedArray, metric: str) -> Numbers:
        """Return the numbers of a metric, (states, people), NaN of whoever has none."""
        found = pc.map_lookup(numbers.combine_chunks(), metric, "first")
        return self._spread(found.fill_null(np.nan).to_numpy(), np.nan)

    def _spread(self, values: np.ndarray, nothing: float) -> np.ndarray:
        """Give each state what the rows say, or else what the state before has."""
        spread = np.full(self.shape, nothing, values.dtype)
        for state in range(self.shape[0]):
            spread[state] = spread[state - 1] if state else nothing
            is_of_state = self.states == state
            spread[state, self.people[is_of_state]] = values[is_of_state]
        return spread
