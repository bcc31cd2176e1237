"""Which pairs of departments are hidden so that none of them follows from those shown.

What passes between two departments is the same from both sides, and of each department of which a
pair is shown the sum over all pairs is known: shares are parts of it, and ties make network sizes.
Of ties the sum of all pairs is known too. So the pairs of a week are the edges of a graph,
departments its nodes, and what is known of hidden edges is the sum at some nodes, or of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

Pair = tuple[str, str]

# An edge of which so little is left is known.
ROUNDING = 1e-7


def withhold_pairs(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    least: int,
    *,
    has_total: bool = False,
    hidden: AbstractSet[Pair] = frozenset(),
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
    has_total
        Whether the sum of all pairs is known; where there is one pair alone, it is that of the
        organisation.
    hidden
        Pairs that are hidden however many people they are.
    """
    size = {(a, b): min(people[a, b], people[b, a]) for a, b in people if a <= b}
    has_total = has_total and len(size) > 1
    hidden = {pair for pair in size if size[pair] < least or pair in hidden}
    while True:
        known = {department for pair in size.keys() - hidden for department in pair}
        wanted = _rests_too_small(people, behind, hidden, known, least)
        wanted = wanted or _that_follow(hidden, known, has_total)
        # Of each department, or of all around a pair, what passes within a department goes first:
        # with that of both its sides a pair does not follow. Then the pair of the fewest people. A
        # pair around which nothing is shown follows from the total: then any other helps.
        chosen: set[Pair] = set()
        for departments in wanted:
            around = {pair for pair in size if departments & {*pair}}
            around = around if around - hidden else {*size}
            if not chosen & around:
                shown = [(a != b, size[a, b], (a, b)) for a, b in around - hidden]
                chosen |= {pair for *_, pair in sorted(shown)[:1]}
        if not chosen:
            return hidden
        hidden |= chosen


def _rests_too_small(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    hidden: AbstractSet[Pair],
    known: AbstractSet[str],
    least: int,
) -> list[set[str]]:
    """Rule 2: what is hidden of a department is two pairs or more, and enough of its people."""
    too_small: list[set[str]] = []
    for department in sorted({one for pair in hidden for one in pair} & known):
        others = [b if a == department else a for a, b in hidden if department in (a, b)]
        most = max(people[department, other] for other in others)
        together = set().union(*(behind.get((department, other), ()) for other in others))
        if len(others) == 1 or max(most, len(together)) < least:
            too_small.append({department})
    return too_small


def _that_follow(
    hidden: AbstractSet[Pair], known: AbstractSet[str], has_total: bool
) -> list[set[str]]:
    """Rule 3: no hidden pair follows from the sums of departments, and that of all pairs.

    Return, for each that does, the departments that hidden pairs join with it.
    """
    pairs = sorted(hidden)
    if not pairs:
        return []
    # A tie within a department counts for both its people.
    sums = [[float(pair.count(one)) for pair in pairs] for one in sorted(known)]
    if has_total:
        sums.append([1.0] * len(pairs))
    if not sums:
        return []
    sums = np.array(sums)
    spanned = np.einsum("pd,dp->p", np.linalg.pinv(sums), sums)
    return [
        _joined(pairs, pair)
        for pair, part in zip(pairs, spanned, strict=True)
        if part > 1 - ROUNDING
    ]


def _joined(pairs: Sequence[Pair], pair: Pair) -> set[str]:
    """Return the departments that are reached from a pair by way of pairs."""
    joined, before = {*pair}, 0
    while len(joined) > before:
        before = len(joined)
        joined |= {one for other in pairs if joined & {*other} for one in other}
    return joined
