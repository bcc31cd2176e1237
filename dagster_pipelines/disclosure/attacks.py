"""What somebody could work out about a few people from the cells that are shown.

One problem is one week and one figure: everybody who counts in it has an unknown number, and each
cell shown is a known sum over its people. People who are in the same cells are one *atom*: nothing
shown tells them apart. A group is *revealed* where its sum follows from those shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.disclosure import exact
from dagster_pipelines.disclosure.exact import NOBODY, Integers

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

WITHHELD = "a withheld cell follows from those shown"
INSIDER = "a withheld cell follows from those shown for a person who knows his own number"
SHARED = "people who share some cells, fewer than may be shown, follow from those shown"
BESIDE = "people of one cell outside of another, fewer than may be shown, follow from those shown"
DOMINATED = "a cell is nearly one person's number for the second largest, who knows his own"
MOVED = "with the time before a cell says nearly what a few who came or went have"
TOGETHER = "people of two kinds, fewer than may be shown, follow from those shown"

# Of sums of numbers with 15 digits.
ROUNDING = 1e-12

# No nearer to somebody's number than this part of it may anybody come.
GUESSED_WITHIN = 0.1


@dataclass(frozen=True)
class Problem:
    """The people who count in a figure of a week, and which cells are shown of it.

    Attributes
    ----------
    cells
        Of shape (types of cells, people): the number, from 0, of each person's cell, NOBODY where
        none is known.
    is_shown
        For each type which of its cells are shown.
    least
        Fewer people than this may not be shown.
    who
        The number of each column's person, where somebody has several: what he had, one time after
        another. None: every column is a person of its own.
    """

    cells: Integers
    is_shown: Sequence[Flags]
    least: int
    who: Integers | None = None


@dataclass(frozen=True)
class _Atoms:
    """The columns of a problem, those of the same cells together.

    Attributes
    ----------
    cells
        Of shape (types, atoms).
    of_column
        The atom of each column.
    who
        The person of each column.
    """

    cells: Integers
    of_column: Integers
    who: Integers

    @classmethod
    def of(cls, problem: Problem) -> _Atoms:
        """Put together the columns of a problem."""
        _, first, of_column = np.unique(
            _numbered(problem.cells), return_index=True, return_inverse=True
        )
        who = np.arange(len(of_column)) if problem.who is None else problem.who
        return cls(problem.cells[:, first], of_column, who)

    def people(self) -> Integers:
        """Count the people of each atom."""
        return self.people_of(np.arange(self.cells.shape[1]), self.cells.shape[1])

    def people_of(self, groups: Integers, count: int) -> Integers:
        """Count the people of each group of atoms, nobody twice; groups are numbered from 0."""
        group = groups[self.of_column]
        inside = group != NOBODY
        width = int(self.who.max(initial=0)) + 1
        pairs = np.unique(group[inside] * width + self.who[inside])
        return np.bincount(pairs // width, minlength=count)

    def people_outside(self, cells: Integers, atom: int) -> int:
        """Count the people who are in an atom's cell of one type and not in that of another.

        `cells` has the two types, of shape (2, atoms).
        """
        is_outside = (cells[0] == cells[0, atom]) & (cells[1] != cells[1, atom])
        return len(np.unique(self.who[is_outside[self.of_column]]))

    def people_together(self, atom: int, other: int) -> int:
        """Count the people of two atoms, nobody twice."""
        return len(np.unique(self.who[np.isin(self.of_column, (atom, other))]))


def solutions(problem: Problem, draws: int, seed: int) -> tuple[Integers, Integers]:
    """Draw numbers of atoms by which every sum that is shown is 0.

    Returns
    -------
    tuple
        The cells of the atoms, of shape (types, atoms), and the numbers, (atoms, draws).
    """
    atoms = _Atoms.of(problem).cells
    return atoms, exact.solutions(_shown(problem, atoms), draws=draws, seed=seed)


def count_withheld(problem: Problem, numbers: Integers) -> int:
    """Count the withheld cells that follow, by numbers of atoms that solve all that is known."""
    columns = _Atoms.of(problem)
    return _of_withheld_cells(columns, _shown(problem, columns.cells), numbers)[WITHHELD]


def revealed(problem: Problem) -> dict[str, int]:
    """Count the groups that are revealed, by how: nothing where all is well."""
    columns = _Atoms.of(problem)
    atoms = columns.cells
    shown = _shown(problem, atoms)
    numbers = exact.solutions(shown)
    # A type of which everybody is in the same cell parts nobody from anybody.
    parting = atoms[(atoms != atoms[:, :1]).any(axis=1)]
    found = {
        **_of_withheld_cells(columns, shown, numbers),
        SHARED: sum(_of_shared_cells(columns, parting, numbers, problem.least)),
        BESIDE: sum(_of_parts_of_cells(columns, parting, numbers, problem.least)),
        TOGETHER: _of_two_atoms(columns, numbers, problem.least),
    }
    return {how: count for how, count in found.items() if count}


def dominated(problem: Problem, numbers: Numbers) -> int:
    """Count the shown cells whose sum, less the second largest number, is nearly the largest."""
    count = 0
    order = np.argsort(-numbers, kind="stable")
    for cells, is_shown in zip(problem.cells[:, order], problem.is_shown, strict=True):
        largest, second, total = (np.zeros(len(is_shown)) for _ in range(3))
        known = np.flatnonzero(cells != NOBODY)
        np.add.at(total, cells[known], numbers[order][known])
        for found in (largest, second):
            of_cell, first = np.unique(cells[known], return_index=True)
            found[of_cell] = numbers[order][known[first]]
            known = np.delete(known, first)
        is_near = (total - largest - second) < GUESSED_WITHIN * largest * (1 - ROUNDING)
        count += int((is_shown & (total > 0) & is_near).sum())
    return count


def moved(
    cells: tuple[Integers, Integers],
    numbers: tuple[Numbers, Numbers],
    is_shown: Flags,
    least: int,
) -> int:
    """Count the cells that say, with the week before, nearly what a few who came or went have.

    Nearly: those who stayed changed, all together, by less than GUESSED_WITHIN of it. Where some
    came and others went, only the difference of theirs is known.

    Parameters
    ----------
    cells
        Of the week before and of this one: each person's cell, NOBODY where none is known.
    numbers
        What each of these has, NaN of whoever does not count.
    is_shown
        Which of the cells are shown in both weeks.
    least
        Fewer people than this are a few.
    """
    before, now = (
        np.where(np.isnan(number), NOBODY, cell)
        for cell, number in zip(cells, numbers, strict=True)
    )
    stayed = (before == now) & (now != NOBODY)
    came, went = (now != NOBODY) & ~stayed, (before != NOBODY) & ~stayed
    size = len(is_shown)
    people = np.bincount(now[came], minlength=size), np.bincount(before[went], minlength=size)
    is_few = (np.minimum(*people) == 0) & (np.maximum(*people) > 0) & (np.maximum(*people) < least)
    of_few = np.maximum(
        np.bincount(now[came], numbers[1][came], size),
        np.bincount(before[went], numbers[0][went], size),
    )
    change = np.bincount(now[stayed], abs(numbers[1] - numbers[0])[stayed], size)
    is_near = change < GUESSED_WITHIN * of_few * (1 - ROUNDING)
    return int((is_shown & is_few & is_near).sum())


def _shown(problem: Problem, atoms: Integers) -> Integers:
    """Return the cells of atoms, NOBODY in place of those that are not shown."""
    return np.array(
        [
            np.where(np.append(is_shown, False)[row], row, NOBODY)
            for row, is_shown in zip(atoms, problem.is_shown, strict=True)
        ]
    )


def _of_withheld_cells(columns: _Atoms, shown: Integers, numbers: Integers) -> dict[str, int]:
    """Count withheld cells whose sum follows, and those that follow with one person's number."""
    by_one = exact.direction(numbers[columns.people() == 1])
    insiders = {tuple(row) for row in by_one.tolist() if any(row)}
    follow = follow_for_one = 0
    for of_type, shown_of_type in zip(columns.cells, shown, strict=True):
        withheld = np.where(shown_of_type == NOBODY, of_type, NOBODY)
        count = of_type.max() + 1
        sums = exact.sums_of(withheld, numbers, count)
        size = columns.people_of(withheld, count)
        is_nothing = ~sums.any(axis=1)
        follow += int(((size > 0) & is_nothing).sum())
        others = (size > 1) & ~is_nothing
        follow_for_one += sum(
            tuple(row) in insiders for row in exact.direction(sums[others]).tolist()
        )
    return {WITHHELD: follow, INSIDER: follow_for_one}


def _of_shared_cells(
    columns: _Atoms, atoms: Integers, numbers: Integers, least: int
) -> Iterator[int]:
    """Count the groups of people who are in the same cells of some types."""
    numbered: dict[tuple[int, ...], Integers] = {(): np.zeros(len(numbers), dtype=np.int64)}
    for count in range(1, len(atoms) + 1):
        for types in combinations(range(len(atoms)), count):
            *before, last = types
            numbered[types] = _parted(numbered[tuple(before)], atoms[last])
            yield _few_that_follow(columns, numbered[types], numbers, least)


def _of_parts_of_cells(
    columns: _Atoms, atoms: Integers, numbers: Integers, least: int
) -> Iterator[int]:
    """Count the groups of people who are in one cell, of whatever type, and not in another."""
    for one, other in combinations(range(len(atoms)), 2):
        both, first, group = np.unique(
            _numbered(atoms[[one, other]]), return_index=True, return_inverse=True
        )
        of_both = exact.sums_of(group, numbers, len(both))
        for type_, beside in ((one, other), (other, one)):
            cell = atoms[type_][first]
            known = np.flatnonzero(cell != NOBODY)
            sums = exact.sums_of(atoms[type_], numbers, atoms[type_].max() + 1)
            left = (sums[cell[known]] - of_both[known]) % exact.PRIME
            # At least so many are outside: nobody is counted twice in what they are taken from.
            inside = columns.people_of(group, len(both))[known]
            outside = columns.people_of(atoms[type_], len(sums))[cell[known]] - inside
            yield sum(
                0 < columns.people_outside(atoms[[type_, beside]], first[place]) < least
                for place in known[~left.any(axis=1) & (outside < least)]
            )


def _of_two_atoms(columns: _Atoms, numbers: Integers, least: int) -> int:
    """Count the pairs of atoms, few people together, whose numbers are always opposite."""
    people = columns.people()
    few = np.flatnonzero((people < least) & numbers.any(axis=1))
    places: dict[tuple[int, ...], list[int]] = {}
    for atom in few.tolist():
        places.setdefault(tuple(numbers[atom].tolist()), []).append(atom)
    return sum(
        columns.people_together(atom, other) < least
        for atom in few.tolist()
        for other in places.get(tuple((-numbers[atom] % exact.PRIME).tolist()), ())
        if atom < other
    )


def _numbered(cells: Integers) -> Integers:
    """Return one number for each column, the same for columns that are the same."""
    numbered = np.zeros(cells.shape[1], dtype=np.int64)
    for of_type in cells:
        numbered = _parted(numbered, of_type)
    return numbered


def _parted(numbered: Integers, cells: Integers) -> Integers:
    """Return numbers of groups, parted by their cells of one more type."""
    return np.unique(numbered * (cells.max() + 2) + cells + 1, return_inverse=True)[1]


def _few_that_follow(columns: _Atoms, groups: Integers, numbers: Integers, least: int) -> int:
    """Count the groups of fewer people than may be shown whose sum follows."""
    count = int(groups.max()) + 1
    sums = exact.sums_of(groups, numbers, count)
    return int(((columns.people_of(groups, count) < least) & ~sums.any(axis=1)).sum())
