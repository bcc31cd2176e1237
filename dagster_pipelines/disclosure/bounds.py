"""How narrowly withheld sums are bounded by those shown: numbers are not negative.

A linear program says it exactly: the least and the most that a withheld sum can be, all shown sums
being what they are. It is solved only where a step that changes no shown sum does not already show
room enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.linalg
import scipy.sparse

from dagster_pipelines.disclosure.attacks import Flags, Numbers, Problem
from dagster_pipelines.disclosure.exact import NOBODY, Integers

NARROW = "a withheld sum is bounded more narrowly than it may be"

WIDTH = 0.2
"""Of a withheld sum, or of what it has less than the most that it could be, whichever is less: no
nearer than this part may its bounds be to each other."""

# HiGHS's number of the primal simplex method, which goes on from where another group was left.
PRIMAL = 4

# The bounds are those of a solver.
ROUNDING = 1e-6


def count_narrow(problem: Problem, numbers: Numbers, most: float) -> int:
    """Count the withheld cells whose sums are bounded too narrowly.

    Parameters
    ----------
    problem
        Who counts, and what is shown.
    numbers
        What each of these has.
    most
        The most that anybody can have.
    """
    if not problem.cells.size:
        return 0
    atoms, of_person, people = np.unique(
        problem.cells, axis=1, return_inverse=True, return_counts=True
    )
    sums = np.bincount(of_person.ravel(), numbers, atoms.shape[1])
    shown, withheld = _groups(atoms, problem.is_shown)
    limits = people * most
    wanted = WIDTH * np.minimum(withheld @ sums, withheld @ limits - withheld @ sums)
    if not (wanted > 0).any():
        return 0
    linear = _Linear(shown, sums, limits)
    return sum(
        linear.width(group) < width * (1 - ROUNDING)
        for group, width in zip(withheld[wanted > 0].toarray(), wanted[wanted > 0], strict=True)
        if linear.room(group) < width
    )


def _groups(
    atoms: Integers, is_shown: list[Flags]
) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
    """Return a row over the atoms for each cell that is shown, and for each that is withheld."""
    rows: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for of_type, shown in zip(atoms, is_shown, strict=True):
        for cell in np.unique(of_type[of_type != NOBODY]):
            rows[bool(shown[cell])].append(of_type == cell)
    return tuple(
        scipy.sparse.csr_array(
            np.array(rows[shown], dtype=float).reshape(len(rows[shown]), atoms.shape[1])
        )
        for shown in (True, False)
    )


@dataclass
class _Linear:
    """What is shown, as equations for what the atoms have, and what they can have at most."""

    shown: scipy.sparse.csr_array
    sums: Numbers
    most: Numbers

    def __post_init__(self) -> None:
        scaled = (self.shown * self.sums).tocsr()
        normal = (scaled @ scaled.T).toarray()
        # Sums of which one follows from others make it singular.
        normal[np.diag_indices_from(normal)] += 1e-12 * max(1.0, np.trace(normal))
        self._scaled = scaled
        self._solver: highspy.Highs | None = None
        self._factor = scipy.linalg.cho_factor(normal) if len(normal) else None

    def room(self, group: Numbers) -> float:
        """Return by how much a group's sum can change at least, up and down together."""
        step = group * self.sums
        if self._factor is not None:
            for _ in range(3):
                step = step - self._scaled.T @ scipy.linalg.cho_solve(
                    self._factor, self._scaled @ step
                )
        change = step * self.sums
        total = 0.0
        for way in (change, -change):
            ends = [
                np.divide(self.sums, -way, out=np.full(len(way), np.inf), where=way < 0),
                np.divide(self.most - self.sums, way, out=np.full(len(way), np.inf), where=way > 0),
            ]
            length = min(end.min() for end in ends)
            if np.isfinite(length):
                # What is but rounding makes no room.
                total += length * (step @ step)
        return total

    def width(self, group: Numbers) -> float:
        """Return how far the most that a group's sum can be is from the least."""
        if self._solver is None:
            self._solver = self._program()
        places = np.arange(len(group), dtype=np.int32)
        ends = []
        for sign in (1, -1):
            self._solver.changeColsCost(len(group), places, sign * group)
            self._solver.run()
            if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return np.inf
            ends.append(self._solver.getInfo().objective_function_value)
        return -sum(ends) * self.sums.mean()

    def _program(self) -> highspy.Highs:
        """Return the equations as a program that is solved for one group after another."""
        columns = self.shown.tocsc()
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = columns.shape
        program.col_cost_ = program.col_lower_ = np.zeros(columns.shape[1])
        program.col_upper_ = self.most / self.sums.mean()
        program.row_lower_ = program.row_upper_ = columns @ self.sums / self.sums.mean()
        program.a_matrix_.start_ = columns.indptr
        program.a_matrix_.index_ = columns.indices
        program.a_matrix_.value_ = columns.data
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("simplex_strategy", PRIMAL)
        solver.passModel(program)
        return solver
