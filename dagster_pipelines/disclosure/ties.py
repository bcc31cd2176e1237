"""What means of segments and the matrix of departments say together.

The network sizes of a department's people are its ties, those within counted twice; their contacts
in other departments are its ties with these. So whoever has both means has what passes within, and
whoever has all pairs of a department has the mean. What is shown of the one and of the other is
looked at as one system of equations, and all ties, within and between, are known beside it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from dagster_pipelines.disclosure import attacks, exact
from dagster_pipelines.disclosure.attacks import Flags, Problem
from dagster_pipelines.disclosure.exact import NOBODY, Integers

Pair = tuple[str, str]

EVERYBODY, OUTSIDE = "network_size", "cross_department_contacts"
"""The metrics that count a person's ties, and those with other departments."""

PAIR = "with the means of departments, a withheld pair follows from those shown"
ONE_WITHIN = "of one department alone it is withheld what passes within"
MEAN = "with the pairs of departments, a withheld mean follows from those shown"


def revealed(
    problems: tuple[Problem, Problem],
    type_: int,
    departments: Sequence[str],
    is_withheld: Mapping[Pair, bool],
) -> dict[str, int]:
    """Count what the means and the ties of a week give away together, by how.

    What follows from all ties together, and from who has any with whom, whatever is withheld, is
    what the organisation says of itself.

    Parameters
    ----------
    problems
        Those of EVERYBODY and OUTSIDE.
    type_
        The number of departments among the types of cells.
    departments
        Their names, each at its number among the cells.
    is_withheld
        For each pair that has ties, in each direction, whether these are withheld.
    """
    edges = {(min(pair), max(pair)): withheld for pair, withheld in is_withheld.items()}
    if not all(problem.cells.shape[1] for problem in problems):
        return {}
    hidden = [edge for edge, withheld in edges.items() if withheld]
    pairs, means = _solutions(problems, type_, departments, hidden)
    nothing = [
        dataclasses.replace(problem, is_shown=[0 * flags > 0 for flags in problem.is_shown])
        for problem in problems
    ]
    of_all, of_nothing = _solutions(nothing, type_, departments, [*edges])
    found = {
        PAIR: sum(not pairs[edge].any() and of_all[edge].any() for edge in hidden),
        ONE_WITHIN: int(sum(a == b for a, b in hidden) == 1 < sum(a == b for a, b in edges)),
        MEAN: sum(
            attacks.count_withheld(problem, solved) - attacks.count_withheld(problem, whatever)
            for problem, solved, whatever in zip(problems, means, of_nothing, strict=True)
        ),
    }
    return {how: count for how, count in found.items() if count}


def known_anyway(
    departments: Sequence[str], edges: Sequence[Pair], *, everybody_has_one: bool
) -> tuple[set[str], set[str]]:
    """Return of whom all ties, and of whom those with others, are known whatever is withheld.

    Parameters
    ----------
    departments
        Their names.
    edges
        The pairs that have ties, each once.
    everybody_has_one
        Whether everybody is in a department.
    """
    free = np.eye(len(departments), dtype=np.int64)
    counted = np.ones(len(departments), dtype=bool)
    _, sums = _solve(free, free, counted, departments, edges, is_whole=everybody_has_one)
    everybody, outside = (
        {one for one, numbers in zip(departments, of_kind, strict=True) if not numbers.any()}
        for of_kind in sums
    )
    return everybody, outside


def _solutions(
    problems: Sequence[Problem], type_: int, departments: Sequence[str], hidden: Sequence[Pair]
) -> tuple[dict[Pair, Integers], list[Integers]]:
    """Draw numbers of hidden pairs, and of the atoms of both problems, that solve what is known."""
    drawn = [
        attacks.solutions(problem, len(departments) + exact.DRAWS, seed)
        for seed, problem in enumerate(problems)
    ]
    everybody, outside = (
        exact.sums_of(cells[type_], numbers, len(departments)) for cells, numbers in drawn
    )
    # Of whom nobody counts there is no mean.
    counted = np.all([np.isin(range(len(departments)), cells[type_]) for cells, _ in drawn], axis=0)
    is_whole = all((cells[type_] != NOBODY).all() for cells, _ in drawn)
    pairs, factors = _solve(everybody, outside, counted, departments, hidden, is_whole=is_whole)
    means = [
        exact.combined(numbers, some) for (_, numbers), some in zip(drawn, factors, strict=True)
    ]
    return pairs, means


def _solve(
    everybody: Integers,
    outside: Integers,
    counted: Flags,
    departments: Sequence[str],
    hidden: Sequence[Pair],
    *,
    is_whole: bool,
) -> tuple[dict[Pair, Integers], list[Integers]]:
    """Draw numbers of hidden pairs, and factors of what sums may be, that solve what is known.

    The sums of departments are those of their pairs. So are, together, the pairs of two
    departments, and those within, unless somebody is in no department: he may have ties with those
    who are.

    Parameters
    ----------
    everybody, outside
        Of shape (departments, ways): what both sums of each may be, apart from the pairs.
    counted
        Of which departments somebody counts in both.
    departments, hidden
        Their names, and the pairs that are not known.
    is_whole
        Whether everybody is in a department.
    """
    is_within = np.array([one == other for one, other in hidden], dtype=bool)
    ends = np.array([[one in edge for edge in hidden] for one in departments], dtype=np.int64)
    ends = ends.reshape(len(departments), len(hidden))
    nothing = np.zeros(2 * everybody.shape[1], dtype=np.int64)
    rows = [
        np.hstack([0 * everybody, outside, -ends * ~is_within])[counted],
        # A tie within a department is one of both its people.
        np.hstack([everybody, -outside, -2 * ends * is_within])[counted],
        np.append(nothing, ~is_within)[None, :],
    ]
    if is_whole:
        rows.append(np.append(nothing, is_within)[None, :])
    solved = exact.solutions_of(np.vstack(rows) % exact.PRIME)
    *factors, of_pairs = np.split(solved, [everybody.shape[1], 2 * everybody.shape[1]])
    return dict(zip(hidden, of_pairs, strict=True)), factors
