"""The people who count in a figure, in which cells they are, and what is hidden so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
# Of what is left of a group after everything that is shown is taken away, this part is rounding.
ROUNDING = 1e-7

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cell = tuple[int, int]
"""A type of segment, and a place among its cells."""


@dataclass
class Few:
    """The groups of a few people that may not follow.

    Those who are in the same cells of some types, of whatever choice, and those of one cell who are
    not in another.

    Attributes
    ----------
    groups
        Of shape (choices of types, atoms): the number of each one's group.
    cells
        Of shape (types, atoms): the number of each one's cell.
    members
        Which groups are of a few people: choice, and number.
    outside
        Which cells are, but for a group that lies in them: choice and group, type and cell.
    """

    groups: Integers
    cells: Integers
    members: Integers
    outside: Integers

    @classmethod
    def of(cls, atoms: Integers, people: Integers, sizes: Sequence[Integers], least: int) -> Few:
        """Find the groups of fewer people than `least`."""
        types = [one for one, row in enumerate(atoms) if (row != row[0]).any()]
        width = max(len(of_type) for of_type in sizes) + 1
        cells = atoms + 1 + np.arange(len(atoms))[:, None] * width
        of_cells = np.bincount(cells.ravel(), np.tile(people, len(atoms)))
        parted: dict[tuple[int, ...], Integers] = {(): np.zeros(len(people), dtype=np.int64)}
        groups, members, outside, count = [], [], [], 0
        for some in (some for k in range(len(types)) for some in combinations(types, k + 1)):
            codes = parted[some[:-1]] * (len(sizes[some[-1]]) + 1) + atoms[some[-1]] + 1
            _, first, parted[some] = np.unique(codes, return_index=True, return_inverse=True)
            size = np.bincount(parted[some], people)
            few = np.flatnonzero(size < least)
            members.append(np.stack([np.full(len(few), len(groups)), few + count]))
            for one in some if len(some) == 2 else ():
                around = cells[one][first]
                left = of_cells[around] - size
                few = np.flatnonzero((left > 0) & (left < least))
                choice = np.full((2, len(few)), [[len(groups)], [one]])
                outside.append(np.stack([choice[0], few + count, choice[1], around[few]]))
            groups.append(parted[some] + count)
            count += len(size)
        return cls(
            np.array(groups, dtype=np.int64).reshape(len(groups), len(people)),
            cells,
            np.concatenate([np.empty((2, 0), dtype=np.int64), *members], axis=1),
            np.concatenate([np.empty((4, 0), dtype=np.int64), *outside], axis=1),
        )

    def of_sum_zero(self, left: Numbers) -> Iterator[Numbers]:
        """Yield the atoms of each group of which nothing is left, whatever the atoms are."""
        of_groups, of_cells = _summed(self.groups, left), _summed(self.cells, left)
        choice, number = self.members
        for at in nothing_left(of_groups[:, number]):
            yield (self.groups[choice[at]] == number[at]).astype(float)
        choice, number, type_, cell = self.outside
        for at in nothing_left(of_cells[:, cell] - of_groups[:, number]):
            is_outside = self.groups[choice[at]] != number[at]
            yield ((self.cells[type_[at]] == cell[at]) & is_outside).astype(float)


@dataclass
class Problem:
    """The people who count, those of the same cells together, and what is hidden so far.

    Attributes
    ----------
    atoms
        Of shape (types, atoms): the place of each one's cell, UNKNOWN where none is known.
    of_column
        The atom of each column of which the problem was made.
    people
        How many people an atom is, times `one`.
    one
        What one person is counted as: more than 1 where somebody stands in several columns.
    sizes
        For each type how many people its cells have, times `one`.
    hidden
        For each type which of its cells are hidden.
    fixed
        For each type which of its cells are known whatever follows from them.
    held_back
        For each type which of these are not shown, though they are known.
    least
        Fewer people than this are nobody's business; times `one`.
    few
        The groups of a few people that may not follow.
    turns
        For each type how often one of its cells was hidden.
    left
        What `few_are_left` found of two types, and at which of their turns.
    """

    atoms: Integers
    of_column: Integers
    people: Integers
    one: int
    sizes: list[Integers]
    hidden: list[Flags]
    fixed: list[Flags]
    held_back: list[Flags]
    least: int
    few: Few
    turns: list[int]
    left: dict[tuple[int, int], tuple[tuple[int, int], list[list[Cell]]]]

    @classmethod
    def of(
        cls,
        places: Integers,
        cells: Sequence[int],
        least: int,
        weights: Integers | None = None,
        one: int = 1,
    ) -> Problem:
        """Return the problem of people.

        Parameters
        ----------
        places
            Of shape (types, columns): a cell's place or UNKNOWN; a column for each person, or
            for each of several numbers that a person has.
        cells
            For each type how many cells there are.
        least
            Fewer people than this are nobody's business.
        weights
            What each column is of a person, in parts of `one`; all of one if there are none.
        one
            Into how many parts a person is divided.
        """
        atoms, of_column = np.unique(places, axis=1, return_inverse=True)
        of_column = of_column.ravel()
        people = np.bincount(of_column, weights, atoms.shape[1]).astype(np.int64)
        sizes = [
            np.bincount(row[row != UNKNOWN], people[row != UNKNOWN], minlength=count)
            for row, count in zip(atoms, cells, strict=True)
        ]
        hidden = [size < least * one for size in sizes]
        fixed = [np.zeros(len(size), dtype=bool) for size in sizes]
        few = Few.of(atoms, people, sizes, least * one)
        turns = [0] * len(sizes)
        return cls(
            *(atoms, of_column, people, one, sizes, hidden),
            *(fixed, fixed, least * one, few, turns, {}),
        )

    def where_hidden(self, cells: Sequence[Cell]) -> Problem:
        """Return the problem where some cells, (type, place) each, are hidden beside the small."""
        hidden = [of_type.copy() for of_type in self.hidden]
        for type_, place in cells:
            hidden[type_][place] = True
        return replace(self, hidden=hidden, turns=[0] * len(hidden), left={})

    def where_fixed(self, fixed: Sequence[Flags]) -> Problem:
        """Return the problem where some cells of each type are known whatever follows from them.

        Those of them that are hidden are not shown.
        """
        hidden = [of_type & ~known for of_type, known in zip(self.hidden, fixed, strict=True)]
        held_back = [of_type & known for of_type, known in zip(self.hidden, fixed, strict=True)]
        turns = [0] * len(hidden)
        return replace(
            self, hidden=hidden, fixed=list(fixed), held_back=held_back, turns=turns, left={}
        )

    def that_may_be_hidden(self, cells: Iterable[Cell]) -> list[Cell]:
        """Return those of some cells, (type, place) each, that are not fixed."""
        return [(type_, place) for type_, place in cells if not self.fixed[type_][place]]

    def hide_smallest(self, cells: Sequence[Cell]) -> None:
        """Hide the smallest of some cells, (type, place) each."""
        type_, place = self.smallest(cells)
        self.hidden[type_][place] = True
        self.turns[type_] += 1

    def smallest(self, cells: Iterable[Cell]) -> Cell:
        """Return the smallest of some cells, (type, place) each; of equal ones the first."""
        return min(cells, key=lambda cell: (self.sizes[cell[0]][cell[1]], *cell))

    def withheld(self, type_: int) -> Flags:
        """Return which of a type's cells are hidden, or not shown though they are known."""
        return self.hidden[type_] | self.held_back[type_]

    def shown(self, type_: int) -> Integers:
        """Return for each atom the place of its cell if that is shown, else UNKNOWN."""
        row = self.atoms[type_]
        # UNKNOWN is the last place.
        return np.where(np.append(self.hidden[type_], True)[row], UNKNOWN, row)

    def blocks(self, type_: int) -> Integers:
        """Return for each atom the place of its shown cell; the last block is all others."""
        shown = self.shown(type_)
        return np.where(shown == UNKNOWN, len(self.sizes[type_]), shown)


def nothing_left(sums: Numbers) -> Integers:
    """Return the places at which all sums are nothing but rounding."""
    return np.flatnonzero(abs(sums).max(axis=0, initial=0.0) < ROUNDING)


def _summed(groups: Integers, left: Numbers) -> Numbers:
    """Return the sums of numbered groups of atoms, a row for each row of numbers."""
    return np.array(
        [np.bincount(groups.ravel(), np.tile(numbers, len(groups))) for numbers in left]
    )
