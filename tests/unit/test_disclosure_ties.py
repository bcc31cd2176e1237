"""That the audit sees what means of departments and ties between them give away together.

Three departments of six people each; everybody counts, and there are ties within and between all.
"""

from __future__ import annotations

import numpy as np
import pytest

from dagster_pipelines.disclosure.attacks import Problem
from dagster_pipelines.disclosure.ties import MEAN, ONE_WITHIN, PAIR, known_anyway, revealed

DEPARTMENTS = ["A", "B", "C"]
ALL_PAIRS = ["AA", "AB", "AC", "BB", "BC", "CC"]


def look(pairs: str, everybody: str, outside: str) -> dict[str, int]:
    """Look at a week of which pairs, and means of all and of outside contacts, are withheld."""
    withheld = pairs.split()
    department = np.repeat(np.arange(3), 6)
    cells = np.vstack([department, 0 * department])
    problems = [
        Problem(cells, [np.array([one not in hidden for one in "ABC"]), np.array([True])], 5)
        for hidden in (everybody, outside)
    ]
    matrix = {}
    for one, other in ALL_PAIRS:
        matrix[one, other] = matrix[other, one] = one + other in withheld
    return revealed((problems[0], problems[1]), 0, DEPARTMENTS, matrix)


@pytest.mark.parametrize(
    ("pairs", "everybody", "outside", "found"),
    [
        ("", "", "", {}),
        # What passes within is half of what is left of one mean without the other.
        ("AA", "", "", {PAIR: 1, ONE_WITHIN: 1}),
        ("AA BB", "", "", {PAIR: 2}),
        ("AA BB", "AB", "", {MEAN: 0}),
        # All pairs of a department are its contacts outside.
        ("AA BB", "AB", "AB", {MEAN: 2}),
        # Of two departments those with the third are shown: the two means say what passes between.
        ("AA BB AB", "AB", "AB", {PAIR: 1, MEAN: 2}),
        # The pairs with the third are its mean; the rest of all pairs passes between the two.
        ("AA BB AB AC BC", "AB", "AB", {PAIR: 1}),
        ("AA BB CC AB AC BC", "ABC", "ABC", {}),
        # Of three departments the three means say all.
        ("AA BB CC AB AC BC", "ABC", "", {PAIR: 3}),
    ],
)
def test_a_pair_or_a_mean_that_follows_is_found(
    pairs: str, everybody: str, outside: str, found: dict[str, int]
) -> None:
    assert look(pairs, everybody, outside) == {how: of for how, of in found.items() if of}


def test_what_the_organisation_says_of_itself_is_known_whatever_is_withheld() -> None:
    # All that passes between departments passes to or from B.
    star = [("A", "A"), ("A", "B"), ("B", "B"), ("B", "C"), ("C", "C")]
    assert known_anyway(DEPARTMENTS, star, everybody_has_one=True) == (set(), {"B"})
    # Of whom nothing passes within, both are the same.
    assert known_anyway(DEPARTMENTS, [("A", "A"), *star[1:2], *star[3:]], everybody_has_one=False)[
        0
    ] == {"B"}
    assert known_anyway(["A"], [("A", "A")], everybody_has_one=True) == ({"A"}, {"A"})
    assert known_anyway(["A"], [("A", "A")], everybody_has_one=False) == (set(), {"A"})
