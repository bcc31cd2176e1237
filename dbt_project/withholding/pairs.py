"""Which pairs of departments are hidden so that none of them follows from those shown.

What passes between two departments is the same from both sides, and of each department of which a
pair is shown the sum over all pairs is known: shares are parts of it. So the pairs of a week are
the edges of a graph, departments its nodes, and what is known of hidden edges is the sum at some
nodes. Of ties more is known: they belong in `ties`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog

from dbt_project.withholding.widths import WIDTH

Pair = tuple[str, str]

FIGURES = {"ties": "people_from", "interactions": "interacting_people_from"}
"""What pairs have, and by which column it is counted how many people have it."""

# An edge of which so little is left is known.
ROUNDING = 1e-7


class Passing(NamedTuple):
    """What passes between departments in a week, of one of FIGURES.

    Attributes
    ----------
    people
        For each pair in each direction how many people of the first department are in it.
    behind
        Who they are, where they are few on a side.
    numbers
        What passes between both.
    """

    people: dict[Pair, int]
    behind: dict[Pair, set[int]]
    numbers: dict[Pair, int]


def withhold_pairs(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    least: int,
    hidden: AbstractSet[Pair] = frozenset(),
    numbers: Mapping[Pair, int] | None = None,
) -> set[Pair]:
    """Return the pairs, two departments in order each, that are hidden.

    Parameters
    ----------
    people
        For each pair in each direction how many people of the first department are in it.
    behind
        Who they are, where they are few on a side.
    least
        Fewer people than this are a few.
    hidden
        Pairs that are hidden however many people they are.
    numbers
        What passes between both, of which nothing that is hidden may be bounded too narrowly.
    """
    size = {(a, b): min(people[a, b], people[b, a]) for a, b in people if a <= b}
    hidden = {pair for pair in size if size[pair] < least or pair in hidden}
    while True:
        known = {department for pair in size.keys() - hidden for department in pair}
        wanted = rests_too_small(people, behind, hidden, known, least)
        wanted = wanted or _that_follow(hidden, known)
        if numbers is not None:
            wanted = wanted or _too_narrow(hidden, known, numbers)
        # Of each department, or of all around a pair, what passes within a department goes first:
        # with that of both its sides a pair does not follow. Then the pair of the fewest people.
        chosen: set[Pair] = set()
        for departments in wanted:
            around = {pair for pair in size if departments & {*pair}}
            if not chosen & around:
                shown = [(a != b, size[a, b], (a, b)) for a, b in around - hidden]
                chosen |= {pair for *_, pair in sorted(shown)[:1]}
        if not chosen:
            return hidden
        hidden |= chosen


def are_given_away(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    hidden: AbstractSet[Pair],
    known: AbstractSet[str],
    least: int,
) -> bool:
    """Tell whether hidden pairs follow, or rest on too few, where sums of departments are known.

    Parameters as in `withhold_pairs`; `known` names the departments.
    """
    return bool(
        rests_too_small(people, behind, hidden, known, least) or _that_follow(hidden, known)
    )


def by_week(
    pairs: Iterable[Mapping[str, Any]], people: Iterable[Mapping[str, Any]]
) -> dict[tuple[date, str], Passing]:
    """Return for each week and figure of FIGURES what passes between departments.

    Parameters
    ----------
    pairs
        One row a week and pair, in each direction: week_start, from_unit, to_unit, the counts in
        FIGURES, and a column of each figure's name.
    people
        Who of the first department is behind a pair of few people, and with a tie or not:
        from_department, to_department, person_id, is_tied, week_start.
    """
    found = {}
    for row in pairs:
        for figure, count in FIGURES.items():
            of_week = found.setdefault((row["week_start"], figure), Passing({}, {}, {}))
            pair = row["from_unit"], row["to_unit"]
            of_week.people[pair], of_week.numbers[pair] = row[count], row[figure]
    for row in people:
        pair = row["from_department"], row["to_department"]
        for figure in FIGURES if row["is_tied"] else ("interactions",):
            of_week = found.setdefault((row["week_start"], figure), Passing({}, {}, {}))
            of_week.behind.setdefault(pair, set()).add(row["person_id"])
    return found


def rests_too_small(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    hidden: AbstractSet[Pair],
    known: AbstractSet[str],
    least: int,
) -> list[set[str]]:
    """Rule 2: what is hidden of a department is two pairs or more, and enough of its people.

    Or all of its pairs: of them together the department's own figure is known, and no more.
    """
    too_small: list[set[str]] = []
    for department in sorted({one for pair in hidden for one in pair} & known):
        others = [b if a == department else a for a, b in hidden if department in (a, b)]
        most = max(people[department, other] for other in others)
        together = set().union(*(behind.get((department, other), ()) for other in others))
        is_part = len(others) < sum(one == department for one, _ in people)
        if len(others) == 1 or (is_part and max(most, len(together)) < least):
            too_small.append({department})
    return too_small


def _that_follow(hidden: AbstractSet[Pair], known: AbstractSet[str]) -> list[set[str]]:
    """Rule 3: no hidden pair follows from the sums of departments.

    Return, for each that does, the departments that hidden pairs join with it.
    """
    pairs = sorted(hidden)
    if not pairs:
        return []
    # A tie within a department counts for both its people.
    sums = [[float(pair.count(one)) for pair in pairs] for one in sorted(known)]
    if not sums:
        return []
    sums = np.array(sums)
    spanned = np.einsum("pd,dp->p", np.linalg.pinv(sums), sums)
    return [
        joined(pairs, pair)
        for pair, part in zip(pairs, spanned, strict=True)
        if part > 1 - ROUNDING
    ]


def _too_narrow(
    hidden: AbstractSet[Pair], known: AbstractSet[str], numbers: Mapping[Pair, int]
) -> list[set[str]]:
    """Return, for each hidden pair that sums bound too narrowly, the departments whose sums do.

    Where nothing passes there is no pair: each has one at least.
    """
    pairs, departments = sorted(hidden), sorted(known & {one for pair in hidden for one in pair})
    if not pairs or not departments:
        return []
    values = np.array([numbers[pair] for pair in pairs], dtype=float)
    # What passes within a department is a part of all once.
    sums = np.array([[float(one in pair) for pair in pairs] for one in departments])
    found = []
    for at, value in enumerate(values):
        ends, weights = [], np.zeros(len(departments))
        for sign in (1.0, -1.0):
            cost = np.zeros(len(pairs))
            cost[at] = sign
            end = linprog(cost, A_eq=sums, b_eq=sums @ values, bounds=(1.0, None))
            if not end.success:
                break
            ends.append(end.fun)
            weights += abs(end.eqlin.marginals)
        # What is not bounded from above has no second end.
        if len(ends) == 2 and -sum(ends) < WIDTH * value - ROUNDING:
            found.append({departments[one] for one in np.flatnonzero(weights > ROUNDING)})
    return [some for some in found if some]


def joined(pairs: Collection[Pair], pair: Pair) -> set[str]:
    """Return the departments that are reached from a pair by way of pairs."""
    joined, before = {*pair}, 0
    while len(joined) > before:
        before = len(joined)
        joined |= {one for other in pairs if joined & {*other} for one in other}
    return joined
