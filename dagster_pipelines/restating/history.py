"""Which cells of a figure may be restated so that no difference gives a few people away.

One history is one period and one figure. What is said of a cell before and after differs by what
changed with its people: what a cell was and what it becomes is decided by the rules by which cells
are withheld, for those alone whose numbers have changed (docs/disclosure.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dbt_project.withholding import UNKNOWN, Problem, withhold

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class History:
    """What has been stated of a figure, and on what it rested: states in the order of time.

    Attributes
    ----------
    numbers
        Of shape (states, people), NaN of whoever does not count; the last state is what the figure
        would rest on now.
    cells
        Of shape (states, types, people): the place of each person's cell, UNKNOWN where none is
        known.
    stated
        For each type, of shape (states but the last, its cells): whether the cell was stated of
        that state.
    may_change
        For each type which of its cells may be stated anew, as far as something else decides it.
    least
        Fewer people than this are a few.
    """

    numbers: Numbers
    cells: Integers
    stated: Sequence[Flags]
    may_change: Sequence[Flags]
    least: int

    def places(self, state: int, type_: int) -> Integers:
        """Return the cell of each person who counts, UNKNOWN of whoever does not."""
        return np.where(np.isnan(self.numbers[state]), UNKNOWN, self.cells[state, type_])

    def has_changed(self, state: int, later: int) -> Flags:
        """Return whose number is another, or is there in one of two states alone."""
        one, other = self.numbers[state], self.numbers[later]
        return (one != other) & ~(np.isnan(one) & np.isnan(other))


def restated(history: History) -> list[Flags]:
    """Return for each type which of its cells are to be stated anew; all others stay as stated."""
    wanted = [_have_changed_enough(history, type_) for type_ in range(len(history.stated))]
    if not any(flags.any() for flags in wanted):
        return wanted
    changes = _Changes.of(history)
    problem = changes.problem(history, wanted)
    withhold(problem)
    return [
        flags & ~hidden[last]
        for flags, hidden, last in zip(wanted, problem.hidden, changes.last, strict=True)
    ]


def _have_changed_enough(history: History, type_: int) -> Flags:
    """Return the cells with which enough people have changed since they were stated.

    None that anybody has left, or has come to from another cell: such a one's number is in what was
    stated of both.
    """
    stated = history.stated[type_]
    now = len(history.numbers) - 1
    after = history.places(now, type_)
    enough = np.zeros(stated.shape[1], dtype=bool)
    last = now - 1 - stated[::-1].argmax(axis=0)
    for state in np.unique(last[stated.any(axis=0)]):
        before = history.places(state, type_)
        did_count = ~np.isnan(history.numbers[state])
        moved = did_count & (before != after)
        changed = history.has_changed(state, now) & (after != UNKNOWN)
        people = np.bincount(after[changed], minlength=len(enough))
        is_whole = np.ones(len(enough), dtype=bool)
        for place in (before[moved], after[moved]):
            is_whole[place[place != UNKNOWN]] = False
        of_state = stated.any(axis=0) & (last == state)
        enough |= of_state & is_whole & (people >= history.least)
    return enough & history.may_change[type_]


@dataclass(frozen=True)
class _Changes:
    """The changes of people between one state and the next: a column for each of them.

    Each time that a cell was stated, and it being stated now, is a cell of its own: its people's
    changes since it was stated before are known together.

    Attributes
    ----------
    interval, person
        Of each column: between which states, and of whom.
    places
        Of shape (types, columns): the place of the cell in which the change is.
    counts
        For each type how many cells there are.
    last
        For each type, and each cell of the history, the place of what is stated of it now.
    """

    interval: Integers
    person: Integers
    places: Integers
    counts: list[int]
    last: list[Integers]

    @classmethod
    def of(cls, history: History) -> _Changes:
        """Return the changes of a history."""
        steps = range(len(history.numbers) - 1)
        has_changed = np.array([history.has_changed(step, step + 1) for step in steps])
        interval, person = np.nonzero(has_changed)
        places, counts, last = [], [], []
        for type_, stated in enumerate(history.stated):
            times = stated.sum(axis=0)
            first = np.concatenate([[0], np.cumsum(times)])
            cell = np.array([_where_changed(history, type_, step) for step in steps])
            cell = cell[interval, person]
            turn = np.cumsum(stated, axis=0)[interval, cell] - 1
            is_known = (cell != UNKNOWN) & (turn >= 0)
            places.append(np.where(is_known, first[cell] + turn, UNKNOWN))
            counts.append(int(first[-1]))
            last.append(np.maximum(first[1:] - 1, 0))
        return cls(interval, person, np.array(places), counts, last)

    def problem(self, history: History, wanted: Sequence[Flags]) -> Problem:
        """Return the problem of those who changed; what was stated before cannot be taken back.

        Somebody who changed more than once is divided among these changes, so that a few are never
        taken for more.
        """
        times = np.bincount(self.person)[self.person]
        one = math.lcm(*np.unique(times).tolist())
        problem = Problem.of(self.places, self.counts, history.least, one // times, one)
        was_stated, kept = [], []
        for type_, (flags, last) in enumerate(zip(wanted, self.last, strict=True)):
            was_ever = history.stated[type_].any(axis=0)
            was_stated.append(np.ones(self.counts[type_], dtype=bool))
            was_stated[type_][last[was_ever]] = False
            kept += [(type_, place) for place in last[was_ever & ~flags].tolist()]
        return problem.where_fixed(was_stated).where_hidden(kept)


def _where_changed(history: History, type_: int, step: int) -> Integers:
    """Return in which cell the change of each person is; UNKNOWN of whoever moved or left."""
    before, after = history.places(step, type_), history.places(step + 1, type_)
    did_not_count = np.isnan(history.numbers[step])
    return np.where(did_not_count | (before == after), after, UNKNOWN)
