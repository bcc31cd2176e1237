"""What means of segments and the matrix of departments say together.

The network sizes of a department's people are its ties, those within counted twice; their contacts
in other departments are its ties with these. So whoever has both means has what passes within, and
whoever has all pairs of a department has the mean. And pairs have everybody's ties, means those of
people who are measured: whoever has both has what the others have. What is shown of the one and of
the other is looked at as one system of equations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dagster_pipelines.disclosure import attacks, exact
from dagster_pipelines.disclosure.attacks import Flags, Problem
from dagster_pipelines.disclosure.exact import Integers

Pair = tuple[str, str]

EVERYBODY, OUTSIDE = "network_size", "cross_department_contacts"
"""The metrics that count a person's ties, and those with other departments."""

PAIR = "with the means of departments, a withheld pair follows from those shown"
MEAN = "with the pairs of departments, a withheld mean follows from those shown"
OTHERS = "pairs and means of a department say what a few have who are in no mean"


@dataclass(frozen=True)
class Departments:
    """The departments of a week.

    Attributes
    ----------
    names
        Each at its number among the cells.
    others_outside, others_within
        How many people of each have ties with other departments, or within, and are in no mean.
    everybody_has_one
        Whether everybody is in one.
    least
        Fewer people than this may not be shown.
    """

    names: Sequence[str]
    others_outside: Mapping[str, int]
    others_within: Mapping[str, int]
    everybody_has_one: bool
    least: int

    def others_are_known(self) -> bool:
        """Tell whether all ties say what those in no mean have together, within and outside."""
        counts = {sum(of.values()) for of in (self.others_outside, self.others_within)} - {0}
        return bool(counts) and min(counts) >= self.least

    def flags(self, names: Mapping[str, int]) -> Flags:
        """Tell of which departments there are such people."""
        return np.array([names.get(one, 0) > 0 for one in self.names], dtype=bool)


@dataclass(frozen=True)
class Matrix:
    """Which ties of departments are withheld.

    Attributes
    ----------
    is_withheld
        For each pair, in each direction.
    empty
        The pairs between whom something passes, but no tie: these are withheld too.
    """

    is_withheld: dict[Pair, bool]
    empty: set[Pair]

    def pairs(self) -> list[Pair]:
        """Return the pairs that have ties, each once."""
        return sorted({(min(pair), max(pair)) for pair in self.is_withheld.keys() - self.empty})

    def withheld(self) -> list[Pair]:
        """Return those of them that are withheld."""
        return [pair for pair in self.pairs() if self.is_withheld[pair]]

    def unseen(self, withheld: Sequence[Pair]) -> list[Pair]:
        """Return the empty pairs of which nobody sees that they are, where these are withheld.

        Where a department withholds nothing else, or all of that is nothing, they are nothing.
        """
        with_some = {one for pair in withheld if pair[0] != pair[1] for one in pair}
        return sorted(
            (one, other)
            for one, other in self.empty
            if one < other and self.is_withheld.get((one, other)) and {one, other} <= with_some
        )


def revealed(
    problems: tuple[Problem, Problem],
    type_: int,
    departments: Departments,
    matrix: Matrix,
) -> dict[str, int]:
    """Count what the means and the ties of a week give away together, by how.

    What follows from the means of all people, and from which departments have ties, whatever else
    is withheld, is what the organisation says of itself.

    Parameters
    ----------
    problems
        Those of EVERYBODY and OUTSIDE.
    type_
        The number of departments among the types of cells; that of the organisation is the last.
    departments
        The departments.
    matrix
        The ties of departments.
    """
    if not all(problem.cells.shape[1] for problem in problems):
        return {}
    hidden = matrix.withheld()
    with_all, nothing = (
        [
            replace(problem, is_shown=[*(flags & is_told for flags in of_segments), of_all | True])
            for problem in problems
            for *of_segments, of_all in [problem.is_shown]
        ]
        for is_told in (True, False)
    )
    known = _solutions(with_all, type_, departments, [*hidden, *matrix.unseen(hidden)])
    pairs = matrix.pairs()
    anyway = _solutions(nothing, type_, departments, [*pairs, *matrix.unseen(pairs)])
    others = [
        (numbers[at], whatever[at])
        for numbers, whatever, counts in (
            (known.others_outside, anyway.others_outside, departments.others_outside),
            (known.others_within, anyway.others_within, departments.others_within),
        )
        for at, one in enumerate(departments.names)
        if 0 < counts.get(one, 0) < departments.least
    ]
    found = {
        PAIR: sum(not known.pairs[edge].any() and anyway.pairs[edge].any() for edge in hidden),
        MEAN: sum(
            attacks.count_withheld(problem, solved) - attacks.count_withheld(problem, whatever)
            for problem, solved, whatever in zip(problems, known.means, anyway.means, strict=True)
        ),
        OTHERS: sum(not numbers.any() and whatever.any() for numbers, whatever in others),
    }
    return {how: int(count) for how, count in found.items() if count}


@dataclass(frozen=True)
class _Solved:
    """Numbers that solve what is known, some of each: all of them 0 where one follows.

    Attributes
    ----------
    pairs
        Of the hidden pairs.
    means
        Of the atoms of both problems.
    others_outside, others_within
        Of those who are in no mean, by department.
    """

    pairs: dict[Pair, Integers]
    means: list[Integers]
    others_outside: Integers
    others_within: Integers


def known_anyway(departments: Departments, matrix: Matrix) -> tuple[set[str], set[str]]:
    """Return of whom sums of ties are known whatever is withheld: of all, and of those outside.

    Parameters
    ----------
    departments
        The departments.
    matrix
        The ties between them.
    """
    pairs = matrix.pairs()
    count = len(departments.names)
    if not count:
        return set(), set()
    # Any numbers of departments that are nothing together.
    free = np.vstack([np.eye(count - 1, dtype=np.int64), -np.ones(count - 1, dtype=np.int64)])
    of_all = free if departments.everybody_has_one else np.eye(count, dtype=np.int64)
    counted = np.ones(count, dtype=bool)
    edges = [*pairs, *matrix.unseen(pairs)]
    solved = _solve(of_all, free, counted, departments, edges)
    everybody, outside = (
        set(np.array(departments.names)[~exact.combined(sums % exact.PRIME, factors).any(axis=1)])
        for sums, factors in zip((of_all, free), solved[:2], strict=True)
    )
    return everybody, outside


def _solutions(
    problems: Sequence[Problem], type_: int, departments: Departments, hidden: Sequence[Pair]
) -> _Solved:
    """Draw numbers of all that is not known, that solve what is."""
    count = len(departments.names)
    drawn = [
        attacks.solutions(problem, count + exact.DRAWS, seed)
        for seed, problem in enumerate(problems)
    ]
    everybody, outside = (exact.sums_of(cells[type_], numbers, count) for cells, numbers in drawn)
    # Of whom nobody counts there is no mean.
    counted = np.all([np.isin(range(count), cells[type_]) for cells, _ in drawn], axis=0)
    *factors, pairs, of_outside, of_within = _solve(
        everybody, outside, counted, departments, hidden
    )
    means = [
        exact.combined(numbers, some) for (_, numbers), some in zip(drawn, factors, strict=True)
    ]
    return _Solved(dict(zip(hidden, pairs, strict=True)), means, of_outside, of_within)


def _solve(
    everybody: Integers,
    outside: Integers,
    counted: Flags,
    departments: Departments,
    hidden: Sequence[Pair],
) -> list[Integers]:
    """Draw factors of what sums may be, numbers of pairs, and of those who are in no mean.

    The sums of departments, and what they have who are in none, are those of their pairs.

    Parameters
    ----------
    everybody, outside
        Of shape (departments, ways): what both sums of each may be, apart from the pairs.
    counted
        Of which departments somebody counts in both.
    departments
        The departments.
    hidden
        The pairs that are not known.

    Returns
    -------
    list
        Factors of the ways of both, and the numbers of pairs, and of others outside and within.
    """
    is_within = np.array([one == other for one, other in hidden], dtype=bool)
    ends = np.array([[one in edge for edge in hidden] for one in departments.names], dtype=np.int64)
    ends = ends.reshape(len(departments.names), len(hidden))
    of_others = [
        np.diag(departments.flags(counts)).astype(np.int64)
        for counts in (departments.others_outside, departments.others_within)
    ]
    none = 0 * of_others[0]
    rows = [
        np.hstack([0 * everybody, outside, -ends * ~is_within, of_others[0], none]),
        # A tie within a department is one of both its people.
        np.hstack([everybody, -outside, -2 * ends * is_within, none, of_others[1]]),
        # There is nobody else.
        *(
            np.hstack([np.zeros_like(first), np.eye(len(none), dtype=np.int64) - some, last])
            for first, some, last in (
                (np.hstack([everybody, outside, ends]), of_others[0], none),
                (np.hstack([everybody, outside, ends, none]), of_others[1], none[:, :0]),
            )
        ),
    ]
    if departments.others_are_known():
        before = np.zeros((1, rows[0].shape[1] - 2 * len(none)), dtype=np.int64)
        all_of_them, nobody = np.ones((1, len(none)), dtype=np.int64), none[:1]
        rows.append(np.hstack([before, all_of_them, nobody]))
        rows.append(np.hstack([before, nobody, all_of_them]))
    known = np.vstack([rows[0][counted], rows[1][counted], *rows[2:]])
    solved = exact.solutions_of(known % exact.PRIME)
    widths = [everybody.shape[1], outside.shape[1], len(hidden), len(none)]
    return np.split(solved, np.cumsum(widths))
