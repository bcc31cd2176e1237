"""How narrowly what is hidden is bounded by what is shown, since numbers are not negative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse

from dbt_project.withholding.problem import Cell, Numbers, Problem
from dbt_project.withholding.rules import withhold
from dbt_project.withholding.shown import Shown

WIDTH = 0.2
"""How near its bounds may be to each other, as a part of a hidden sum, or of what it has less than
the most that it could be, whichever is less."""

# HiGHS's number of the primal simplex method.
PRIMAL = 4
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
    left = np.where(groups > 0, bounds.most - bounds.sums, 0.0).sum(axis=1)
    wanted = WIDTH * np.minimum(values, left)
    width = np.maximum(_by_one_step(problem, bounds, groups), _by_exchange(problem, bounds, groups))
    program = None
    for one in np.flatnonzero((wanted > 0) & (width < wanted)):
        program = program or _Program(problem, bounds)
        behind = program.cells_behind(groups[one], values[one], wanted[one])
        can_be_hidden = problem.that_may_be_hidden(behind)
        of_type = [cell for cell in can_be_hidden if cell[0] == cells[one][0]]
        if of_type or can_be_hidden:
            yield of_type or can_be_hidden


def _by_one_step(problem: Problem, bounds: Bounds, groups: Numbers) -> Numbers:
    """Return for each group how far it can change in the direction that changes it most.

    No shown sum changes in that direction. Each atom counts as far as it has room itself.
    """
    above = bounds.most - bounds.sums
    room = np.minimum(bounds.sums, above)
    steps = Shown(problem, room).left_over(groups * room)
    moved = (steps**2).sum(axis=1)
    changes = steps * room
    width = np.zeros(len(groups))
    for way in (changes, -changes):
        # So often a step can be taken until the first atom has no room any more.
        ways = np.where(way > 0, above, bounds.sums)
        used = np.divide(abs(way), ways, out=np.zeros_like(way), where=way != 0).max(axis=1)
        width += np.divide(moved, used, out=np.zeros(len(groups)), where=used > 0)
    return width


def _by_exchange(problem: Problem, bounds: Bounds, groups: Numbers) -> Numbers:
    """Return for each group how far it can change by exchange with others in the same cells."""
    shown = np.array([problem.shown(type_) for type_ in range(len(problem.sizes))])
    _, alike = np.unique(shown, axis=1, return_inverse=True)
    alike = alike.ravel()
    total = np.bincount(alike, bounds.sums)
    most = np.bincount(alike, bounds.most)
    limit = np.where(groups > 0, bounds.most, 0.0)
    limit = np.array([np.bincount(alike, of_group, len(total)) for of_group in limit])
    has_others = np.array([np.bincount(alike, 1 - group, len(total)) for group in groups]) > 0
    beside = np.where(np.isinf(most), np.inf, most - np.where(np.isinf(limit), 0.0, limit))
    highest, lowest = np.minimum(total, limit), np.maximum(total - beside, 0.0)
    return np.where(has_others & (limit > 0), highest - lowest, 0.0).sum(axis=1)


class _Program:
    """The linear program of what is shown: a row for each cell, over what the atoms have.

    It is solved again and again, for one group after another, each time from where it was left. All
    is reckoned in units of the mean of all.
    """

    def __init__(self, problem: Problem, bounds: Bounds) -> None:
        self.cells = [
            (type_, int(place))
            for type_, hidden in enumerate(problem.hidden)
            for place in np.flatnonzero(~hidden & (problem.sizes[type_] > 0))
        ]
        self.unit = bounds.sums.sum() / problem.people.sum() * problem.one
        rows = [problem.atoms[type_] == place for type_, place in self.cells]
        matrix = scipy.sparse.csc_array(np.array(rows, float).reshape(len(rows), len(bounds.sums)))
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = model.col_lower_ = np.zeros(model.num_col_)
        model.col_upper_ = bounds.most / self.unit
        model.row_lower_ = model.row_upper_ = matrix @ bounds.sums / self.unit
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        self.columns = np.arange(model.num_col_, dtype=np.int32)
        self.solver = highspy.Highs()
        self.solver.silent()
        # It takes longer than what it would save. Where another group was left is feasible: it goes
        # on from there by the primal method, and not by the dual one.
        self.solver.setOptionValue("presolve", "off")
        self.solver.setOptionValue("simplex_strategy", PRIMAL)
        self.solver.passModel(model)

    def cells_behind(self, group: Numbers, value: float, width: float) -> list[Cell]:
        """Return the shown cells that bound a group, which has a value, more narrowly than so."""
        weights = np.zeros(len(self.cells))
        room = 0.0
        for sign in (-1.0, 1.0):
            self.solver.changeColsCost(len(self.columns), self.columns, sign * group)
            self.solver.run()
            # Not to be bounded, or so near to the bounds of everything that nothing is found.
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return []
            end = self.solver.getInfo().objective_function_value
            room += abs(end * self.unit - sign * value)
            if room >= width * (1 - ROUNDING):
                return []
            weights += abs(np.array(self.solver.getSolution().row_dual))
        return [self.cells[row] for row in np.flatnonzero(weights > ROUNDING)]
