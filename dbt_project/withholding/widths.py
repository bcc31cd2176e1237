"""How narrowly what is hidden is bounded by what is shown, since numbers are not negative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse

from dbt_project.withholding.problem import Cell, Numbers, Problem
from dbt_project.withholding.rules import withhold
from dbt_project.withholding.shown import Shown

WIDTH = 0.2
"""As a part of the sum that is hidden: no nearer than this may its bounds be to each other."""

# Of the solver's numbers, in units of the mean of all.
ROUNDING = 1e-7


def withhold_what_is_narrow(problem: Problem, numbers: Numbers, most: float = np.inf) -> None:
    """Hide what else the rules say where hidden sums are bounded too narrowly.

    Parameters
    ----------
    problem
        A problem of which everything is hidden that `withhold` hides.
    numbers
        What each of its columns has: from 0 to `most`.
    """
    # The order in which people come may not decide the last digit.
    order = np.argsort(numbers, kind="stable")
    sums = np.bincount(problem.of_column[order], numbers[order], len(problem.people))
    bounds = Bounds(sums, problem.people / problem.one * most)
    while found := [*too_narrow(problem, bounds)]:
        for cells in found:
            if not any(problem.hidden[type_][place] for type_, place in cells):
                problem.hide_smallest(cells)
        withhold(problem)


@dataclass
class Bounds:
    """What the atoms of a problem have, and what they could have at most."""

    sums: Numbers
    most: Numbers


def too_narrow(problem: Problem, bounds: Bounds) -> Iterator[Sequence[Cell]]:
    """Yield, for each hidden cell that is bounded too narrowly, cells of which one is to be hidden.

    Most are seen to have room enough by one step from what is so, in the direction that changes the
    cell and no shown sum; each atom as far as it has room itself. Of the others the bounds are
    reckoned.
    """
    cells = [
        (type_, int(place))
        for type_, hidden in enumerate(problem.hidden)
        for place in np.flatnonzero(hidden & (problem.sizes[type_] > 0))
    ]
    groups = np.array([problem.atoms[type_] == place for type_, place in cells], dtype=float)
    if not cells:
        return
    values = groups @ bounds.sums
    steps = Shown(problem, bounds.sums).left_over(groups * bounds.sums)
    changes = steps * bounds.sums
    room = bounds.most - bounds.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        upwards = np.where(changes != 0, abs(changes) / room, 0.0)
    down, up = (
        np.maximum(np.where(way > 0, way, 0.0), np.where(way < 0, upwards, 0.0)).max(axis=1)
        for way in (steps, -steps)
    )
    moved = (steps**2).sum(axis=1)
    width = np.divide(moved, down, out=np.zeros(len(cells)), where=down > 0)
    width += np.divide(moved, up, out=np.zeros(len(cells)), where=up > 0)
    program = None
    for one in np.flatnonzero((values > 0) & (width < WIDTH * values)):
        program = program or _Program.of(problem, bounds)
        behind = program.cells_behind(groups[one], WIDTH * values[one])
        can_be_hidden = problem.that_may_be_hidden(behind)
        of_type = [cell for cell in can_be_hidden if cell[0] == cells[one][0]]
        if of_type or can_be_hidden:
            yield of_type or can_be_hidden


@dataclass
class _Program:
    """The linear program of what is shown: a row for each cell, over what the atoms have."""

    cells: list[Cell]
    rows: scipy.sparse.csr_array
    sums: Numbers
    limits: Numbers
    unit: float

    @classmethod
    def of(cls, problem: Problem, bounds: Bounds) -> _Program:
        """Return the program; all is reckoned in units of the mean of all."""
        cells = [
            (type_, int(place))
            for type_, hidden in enumerate(problem.hidden)
            for place in np.flatnonzero(~hidden & (problem.sizes[type_] > 0))
        ]
        rows = np.array([problem.atoms[type_] == place for type_, place in cells], dtype=float)
        rows = scipy.sparse.csr_array(rows.reshape(len(cells), len(bounds.sums)))
        unit = bounds.sums.sum() / problem.people.sum() * problem.one
        limits = np.column_stack([np.zeros(len(bounds.most)), bounds.most / unit])
        return cls(cells, rows, rows @ bounds.sums / unit, limits, unit)

    def cells_behind(self, group: Numbers, width: float) -> list[Cell]:
        """Return the shown cells that bound a group of atoms more narrowly than to a width."""
        ends = [
            scipy.optimize.linprog(
                sign * group, A_eq=self.rows, b_eq=self.sums, bounds=self.limits, method="highs"
            )
            for sign in (1.0, -1.0)
        ]
        # Unbounded, or so near to the bounds of everything that the solver finds nothing.
        if any(end.status != 0 for end in ends):
            return []
        low, high = ends[0].fun, -ends[1].fun
        if (high - low) * self.unit >= width * (1 - ROUNDING):
            return []
        weights = sum(abs(end.eqlin.marginals) for end in ends)
        return [self.cells[row] for row in np.flatnonzero(weights > ROUNDING)]
