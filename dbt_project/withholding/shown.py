"""The sums that are shown, and what is left of a group once they are taken away."""

from __future__ import annotations

import numpy as np

from dbt_project.withholding.problem import UNKNOWN, Cell, Numbers, Problem


class Shown:
    """The sums that are shown, as rows over atoms, and what can be said of a group by them.

    A group's sum follows from those shown where the row of its atoms is a combination of theirs:
    where nothing is left of it once what they span is taken away. One type has nearly all rows, and
    they do not overlap: of it no matrix is needed.

    Parameters
    ----------
    problem
        The problem.
    weights
        By what each atom is multiplied in all rows; 1 if there are none.
    """

    def __init__(self, problem: Problem, weights: Numbers | None = None) -> None:
        self.problem = problem
        self.weights = np.ones(len(problem.people)) if weights is None else weights
        self.type = max(range(len(problem.sizes)), key=lambda one: len(problem.sizes[one]))
        self.place = problem.shown(self.type)
        self.has_place = self.place != UNKNOWN
        self.count = len(problem.sizes[self.type])
        squares = self._by_place(self.weights)
        self.share = np.divide(1.0, squares, out=np.zeros(self.count), where=squares > 0)
        self.cells = [
            (type_, int(place))
            for type_ in range(len(problem.sizes))
            if type_ != self.type
            for place in np.flatnonzero(~problem.hidden[type_] & (problem.sizes[type_] > 0))
        ]
        rows = [(problem.atoms[type_] == place) * self.weights for type_, place in self.cells]
        self.rows = np.array(rows, dtype=float).reshape(len(rows), len(self.place))
        self.overlap = np.array([self._by_place(row) for row in self.rows])
        self.overlap = self.overlap.reshape(len(rows), self.count)
        # What the others add to the one type.
        inner = self.rows @ self.rows.T - (self.overlap * self.share) @ self.overlap.T
        self.inverse = np.linalg.pinv(inner, rcond=1e-10, hermitian=True)
        self.added = self.rows - self._at_place(self.overlap * self.share)

    def _by_place(self, values: Numbers) -> Numbers:
        """Multiply a row by that of each cell of the one type."""
        values = (values * self.weights)[self.has_place]
        return np.bincount(self.place[self.has_place], values, minlength=self.count)

    def _at_place(self, values: Numbers) -> Numbers:
        """Add up the rows of the cells of the one type, so often each."""
        return np.where(self.has_place, values[..., self.place], 0.0) * self.weights

    def left_over(self, vectors: Numbers) -> Numbers:
        """Return what is left of rows over atoms once what the shown sums span is taken away."""
        by_place = np.array([self._by_place(vector) for vector in vectors])
        factors = (vectors @ self.rows.T - (by_place * self.share) @ self.overlap.T) @ self.inverse
        return vectors - self._at_place(by_place * self.share) - factors @ self.added

    def cells_behind(self, type_: int | None, group: Numbers) -> list[Cell]:
        """Return cells of which a group is a combination, and of which one may be hidden.

        Those of its own type, if there are any.
        """
        by_place = self._by_place(group)
        factors = self.inverse @ (self.rows @ group - self.overlap @ (self.share * by_place))
        of_type = self.share * (by_place - self.overlap.T @ factors)
        behind = [(self.type, int(place)) for place in np.flatnonzero(abs(of_type) > 1e-6)]
        behind += [
            cell for cell, factor in zip(self.cells, factors, strict=True) if abs(factor) > 1e-6
        ]
        behind = self.problem.that_may_be_hidden(behind)
        return [cell for cell in behind if cell[0] == type_] or behind
