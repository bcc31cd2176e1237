"""The audit of what was stated before: what somebody learns who has kept the last publications.

A record says of each cell in which states of the warehouse it was stated, and what everybody had in
these. Held against the files: what says that it stayed is as it was, what says that it was stated
anew is what the warehouse has. Between two states what a person has changes by an unknown number,
and a cell that was stated in both says the sum over its people: problems as those of a week.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute

from dagster_pipelines.disclosure import alone, pairs
from dagster_pipelines.disclosure.attacks import (
    DOMINATED,
    Numbers,
    Problem,
    dominated,
    revealed,
)
from dagster_pipelines.disclosure.exact import NOBODY, Integers
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import attach, connect_in_memory

SEGMENT_WEEKS = "segment_weeks"
OF_SEGMENTS = (SEGMENT_WEEKS, "programme_reach")
OF_PAIRS = ("unit_pair_weeks",)
QUESTIONS = SQL / "disclosure" / "stated.sql"

HELD_AGAINST = {
    "unlike_the_record": "a cell is not what the record says of it",
    "unlike_the_warehouse": "a cell that is stated anew is not what the warehouse says",
    "unlike_the_last": "a cell that is not stated anew is not as it was published",
    "shown_after_all": "a cell is shown that was withheld when others of the figure were shown",
    "as_if_new": "a figure is stated as if nothing of it had been shown before",
}
OF_CHANGES = "with what was stated before, "

OF_BEFORE = ("unlike_the_last", "shown_after_all", "as_if_new")

OF_FEW = "a cell is stated anew with which fewer people have changed than may be shown"
LEFT = "a cell is stated anew that somebody has left or has come to from another"
RESTS_ON_OTHERS = "a cell rests on other people than it says"
IS_NO_MEAN = "a mean is not that of what its people had"

# Of means of numbers with 15 digits.
ROUNDING = 1e-9

# Metric, type and value of a segment, statistic, states, value, people, whether it is withheld.
Row = tuple[str, str, str, str, list[int], float | None, int | None, bool]


@dataclass(frozen=True)
class Databases:
    """What is held against each other: the files of databases.

    Attributes
    ----------
    candidate, record
        What is to be published, and what is remembered of it and of what was stated before.
    record_before
        What was remembered when something was published last; None if nothing was.
    warehouse
        The warehouse.
    """

    candidate: Path
    record: Path
    record_before: Path | None
    warehouse: Path


def audit(databases: Databases, least: int, progress: Callable[[int, int], None]) -> Iterator[str]:
    """Yield a sentence for each figure of which two publications give a few people away.

    Parameters
    ----------
    databases
        Where what is known stands.
    least
        Fewer people than this are a few.
    progress
        Is told how many of how many periods of a table have been looked at.
    """
    asks = statements(QUESTIONS)
    with _opened(databases) as connection:
        for table in (*OF_SEGMENTS, *OF_PAIRS, *alone.TABLES):
            has_before = _name_tables(connection, table, databases)
            for ask, wrong in HELD_AGAINST.items():
                # A matrix begins anew each time that it is stated.
                is_asked = has_before and (ask != "as_if_new" or table not in OF_PAIRS)
                if is_asked or ask not in OF_BEFORE:
                    [(count,)] = connection.execute(asks[ask]).fetchall()
                    if count:
                        yield f"bi.{table}, {count} times: {wrong}."
            if table in alone.TABLES:
                which = {"panel": table, "least": least}
                [(count,)] = connection.execute(asks["of_few"], which).fetchall()
                if count:
                    yield f"bi.{table}, {count} times: {OF_FEW}."
                continue
            if table in OF_PAIRS:
                if has_before:
                    yield from _of_matrices(connection, table, asks, least)
                continue
            periods = connection.execute(asks["periods"]).fetchall()
            for done, (scope, period_start) in enumerate(periods, start=1):
                which = {"scope": scope, "period_start": period_start}
                people = connection.execute(asks["people"], {"panel": table, **which})
                rows = people.to_arrow_table()
                cells = connection.execute(asks["cells"], which).fetchall()
                for how, count in _of_period(rows, cells, least).items():
                    yield f"bi.{table}, {period_start}, {count} times: {how}."
                progress(done, len(periods))


def figures_stated_before(databases: Databases, table: str) -> set[tuple[str, date, str]]:
    """Return the figures of a table of which a record has an earlier state: scope, period, metric.

    What such a figure rests on is not what the warehouse has, and is looked at here.
    """
    with _opened(databases) as connection:
        _name_tables(connection, table, databases)
        return set(connection.execute(statements(QUESTIONS)["figures"]).fetchall())


def cells_that_wait(databases: Databases) -> set[tuple[date, str, str, str]]:
    """Return the cells of segments that are shown as they were: week, metric, type, value."""
    with _opened(databases) as connection:
        _name_tables(connection, SEGMENT_WEEKS, databases)
        return set(connection.execute(statements(QUESTIONS)["waiting"]).fetchall())


@contextmanager
def what_rests_on_the_warehouse(databases: Databases) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that has of the candidate what is stated of the warehouse now."""
    asks = statements(QUESTIONS)
    with _opened(databases) as connection:
        connection.execute("create schema bi")
        for table in (*OF_SEGMENTS, *OF_PAIRS, *alone.TABLES):
            _name_tables(connection, table, databases)
            ask = "cells_of_now" if table in alone.TABLES else "figures_of_now"
            # Other tables are held against how many people segments have, whenever that was stated.
            ask = "cells_told" if table == SEGMENT_WEEKS else ask
            connection.sql(asks[ask]).create(f"bi.{table}")
        yield connection


@contextmanager
def _opened(databases: Databases) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open all databases, each by its name."""
    with closing(connect_in_memory()) as connection:
        for name, path in dataclasses.asdict(databases).items():
            if path is not None:
                attach(connection, path, name)
        yield connection


def _name_tables(connection: duckdb.DuckDBPyConnection, table: str, databases: Databases) -> bool:
    """Give what a table is in each database the names by which it is asked for.

    Tell whether it was there before.
    """
    told = connection.table(f"candidate.bi.{table}")
    columns = ", ".join(told.columns)
    told.create_view("told")
    connection.table(f"warehouse.bi.{table}").project(columns).create_view("known")
    said = connection.table(f"record.main.{table}")
    said.create_view("said")
    said.project(f"{columns}, states").create_view("said_of_columns")
    if databases.record_before is None:
        return False
    before = connection.table(f"record_before.main.{table}")
    before.project(", ".join(said.columns)).create_view("said_before")
    return True


def _of_matrices(
    connection: duckdb.DuckDBPyConnection, table: str, asks: Mapping[str, str], least: int
) -> Iterator[str]:
    """Yield a sentence for each matrix of departments that gives a few away with the one before."""
    for metric, week, before in connection.execute(asks["matrices"]).fetchall():
        which = {"metric": metric, "period_start": week}
        people: dict[pairs.Pair, set[int]] = defaultdict(set)
        figure = "interactions" if metric == "share" else metric
        changes = {"period_start": week, "before": before, "figure": figure}
        for one, other, person in connection.execute(asks["changes"], changes).fetchall():
            people[one, other].add(person)
        flags = {
            (one, other): is_withheld
            for one, other, is_withheld in connection.execute(asks["pairs"], which).fetchall()
        }
        withheld = {
            (one, other): flag
            for (one, other), flag in flags.items()
            if people.keys() & {(one, other), (other, one)}
        }
        known = {one for pair in withheld for one in pair}
        found = pairs.revealed(withheld, people, known, least, has_total=metric == "ties")
        if metric == "ties":
            # Where what passes within is shown, so is what a department has with others.
            between = {pair: flag for pair, flag in withheld.items() if pair[0] != pair[1]}
            known -= {one for one in known if flags.get((one, one))}
            found |= pairs.revealed(between, people, known, least, has_total=True)
        for how, count in found.items():
            yield f"bi.{table}, week of {week}: {metric}, {count} times: {OF_CHANGES}{how}."


def _of_period(people: pa.Table, cells: list[Row], least: int) -> dict[str, int]:
    """Count what is wrong with a period's figures, by how."""
    rows = _Rows.of(people, {state for cell in cells for state in cell[4]})
    types = sorted({cell[1] for cell in cells})
    names = {
        type_: sorted(rows.names(type_) | {name for _, of, name, *_ in cells if of == type_})
        for type_ in types
    }
    places = {type_: {name: at for at, name in enumerate(of)} for type_, of in names.items()}
    counts = [len(names[type_]) for type_ in types]
    members = [rows.members(type_, names[type_]) for type_ in types]
    found: dict[str, int] = defaultdict(int)
    solved: dict[bytes, dict[str, int]] = {}
    for metric in sorted({cell[0] for cell in cells}):
        of_metric = [
            _Cell(
                types.index(type_),
                places[type_][value],
                statistic,
                [rows.states.index(state) for state in states],
                said,
                on,
                is_withheld,
            )
            for of, type_, value, statistic, states, said, on, is_withheld in cells
            if of == metric
        ]
        figure = _Figure.of(rows.numbers(metric), members, counts, of_metric)
        first = figure.first_problem(least)
        key = first.cells.tobytes() + b"".join(flags.tobytes() for flags in first.is_shown)
        if key not in solved:
            solved[key] = revealed(first) if first.cells.size else {}
        of_changes = {f"{OF_CHANGES}{how}": of for how, of in figure.revealed(least).items()}
        for counted in (solved[key], figure.said_wrongly(least), of_changes):
            for how, count in counted.items():
                found[how] += count
    return {how: count for how, count in found.items() if count}


@dataclass(frozen=True)
class _Rows:
    """What people had: a state has rows of those alone with whom something changed in it.

    Attributes
    ----------
    people
        The rows: segments and numbers, by type and by metric.
    states
        The states, in order.
    at_state, at_person
        Of each row, the place of its state, and of its person among all.
    count
        How many people there are.
    """

    people: pa.Table
    states: list[int]
    at_state: Integers
    at_person: Integers
    count: int

    @classmethod
    def of(cls, people: pa.Table, stated: set[int]) -> _Rows:
        """Number states, of these too in which nobody changed, and people."""
        states = sorted({*stated, *people.column("state").to_pylist()})
        who, at_person = np.unique(people.column("person_id").to_numpy(), return_inverse=True)
        at_state = np.searchsorted(states, people.column("state").to_numpy())
        return cls(people, states, at_state, at_person, len(who))

    def names(self, type_: str) -> set[str]:
        """Return the names of a type's segments in which anybody was."""
        return set(self._values("segments", type_).drop_null().to_pylist())

    def members(self, type_: str, names: list[str]) -> Integers:
        """Return the place of each one's segment, (states, people)."""
        places = pa.compute.index_in(self._values("segments", type_), pa.array(names, pa.string()))
        return self._spread(places.fill_null(NOBODY).to_numpy().astype(np.int64), NOBODY)

    def numbers(self, metric: str) -> Numbers:
        """Return each one's number, (states, people); NaN of whoever does not count."""
        return self._spread(self._values("numbers", metric).fill_null(np.nan).to_numpy(), np.nan)

    def _values(self, column: str, key: str) -> pa.Array:
        return pa.compute.map_lookup(self.people.column(column).combine_chunks(), key, "first")

    def _spread(self, values: np.ndarray, nothing: float) -> np.ndarray:
        """What a row says is so until another says something else."""
        spread = np.full((len(self.states), self.count), nothing, values.dtype)
        for state in range(len(self.states)):
            of_state = self.at_state == state
            spread[state:, self.at_person[of_state]] = values[of_state]
        return spread


class _Cell(NamedTuple):
    """A cell as the record has it: its type and place, and the places of its states."""

    type: int
    place: int
    statistic: str
    stated: list[int]
    value: float | None
    people: int | None
    is_withheld: bool


@dataclass(frozen=True)
class _Figure:
    """What is known of a figure of a period in several states.

    Attributes
    ----------
    numbers
        Of shape (states, people); NaN of whoever does not count.
    members
        For each type of segment, of shape (states, people): the place of each one's segment.
    counts
        For each type how many segments there are.
    cells
        What is said of them.
    """

    numbers: Numbers
    members: list[Integers]
    counts: list[int]
    cells: list[_Cell]

    @classmethod
    def of(
        cls, numbers: Numbers, members: list[Integers], counts: list[int], cells: list[_Cell]
    ) -> _Figure:
        """Leave out of all segments whoever does not count."""
        counted = [np.where(np.isnan(numbers), NOBODY, of_type) for of_type in members]
        return cls(numbers, counted, counts, cells)

    def problem_of(self, state: int, cells: Iterable[_Cell], least: int) -> Problem:
        """Return the problem of a state, where these cells are shown."""
        shown = [np.zeros(count, dtype=bool) for count in self.counts]
        for cell in cells:
            shown[cell.type][cell.place] |= not cell.is_withheld
        counts = ~np.isnan(self.numbers[state])
        return Problem(np.array([row[state] for row in self.members])[:, counts], shown, least)

    def first_problem(self, least: int) -> Problem:
        """Return the problem of the figure as it was stated first."""
        return self.problem_of(min(cell.stated[0] for cell in self.cells), self.cells, least)

    def said_wrongly(self, least: int) -> dict[str, int]:
        """Count the cells that are not what they say, or ought not to have been stated anew."""
        found: dict[str, int] = defaultdict(int)
        for cell in self.cells:
            if cell.is_withheld:
                continue
            inside = [self.members[cell.type][state] == cell.place for state in cell.stated]
            numbers = self.numbers[cell.stated]
            found[RESTS_ON_OTHERS] += int(inside[-1].sum()) != cell.people
            if cell.statistic == "mean" and cell.value is not None:
                mean = numbers[-1][inside[-1]].mean()
                found[IS_NO_MEAN] += abs(mean - cell.value) > ROUNDING * max(1.0, abs(mean))
            for before in range(len(cell.stated) - 1):
                was, is_ = inside[before], inside[before + 1]
                changed = is_ & (numbers[before] != numbers[before + 1])
                found[OF_FEW] += int(changed.sum()) < least
                found[LEFT] += bool(((was != is_) & ~np.isnan(numbers[before])).any())
        means = [cell for cell in self.cells if cell.statistic == "mean"]
        for state in sorted({cell.stated[-1] for cell in means}):
            problem = self.problem_of(state, (c for c in means if c.stated[-1] == state), least)
            numbers = self.numbers[state]
            found[DOMINATED] += dominated(problem, numbers[~np.isnan(numbers)])
        return found

    def revealed(self, least: int) -> dict[str, int]:
        """Count what follows of a few people's changes from the cells that were stated again."""
        changed = self.numbers[:-1] != self.numbers[1:]
        changed &= ~(np.isnan(self.numbers[:-1]) & np.isnan(self.numbers[1:]))
        step, who = np.nonzero(changed)
        if not len(who):
            return {}
        times: dict[tuple[int, int], list[int]] = {}
        is_hidden: set[tuple[int, int]] = set()
        for cell in self.cells:
            times[cell.type, cell.place] = cell.stated
            if cell.is_withheld:
                is_hidden.add((cell.type, cell.place))
        columns, shown = [], []
        for type_, members in enumerate(self.members):
            before, after = members[step, who], members[step + 1, who]
            came = np.isnan(self.numbers[step, who])
            cell = np.where(came | (before == after), after, NOBODY)
            numbers: dict[tuple[int, int], int] = {}
            flags: list[bool] = []
            column = np.full(len(who), NOBODY)
            for at, (place, since) in enumerate(zip(cell.tolist(), step.tolist(), strict=True)):
                stated = times.get((type_, place), [])
                turn = sum(state <= since for state in stated)
                if place == NOBODY or turn == 0:
                    continue
                if (place, turn) not in numbers:
                    numbers[place, turn] = len(numbers)
                    was_stated_again = turn < len(stated)
                    flags.append(was_stated_again and (type_, place) not in is_hidden)
                column[at] = numbers[place, turn]
            columns.append(column)
            shown.append(np.array(flags, dtype=bool))
        if not any(flags.any() for flags in shown):
            return {}
        return revealed(Problem(np.array(columns), shown, least, who))
