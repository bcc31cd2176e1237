"""That the audit sees what means of departments and ties between them give away together.

Three departments of six people each; everybody counts, and there are ties within and between all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dagster_pipelines.disclosure.attacks import Problem
from dagster_pipelines.disclosure.ties import (
    MEAN,
    OTHERS,
    PAIR,
    Departments,
    Matrix,
    known_anyway,
    revealed,
)

ALL_PAIRS = ["AA", "AB", "AC", "BB", "BC", "CC"]


def departments(names: str = "ABC", others: dict[str, int] = {}) -> Departments:  # noqa: B006
    """Everybody is in one; so many others have ties with other departments and within."""
    return Departments([*names], others, others, everybody_has_one=True, least=5)


def of(pairs: str, empty: str = "") -> Matrix:
    """All these pairs are withheld; between some of them there are no ties."""
    with_ties, none = (
        {(one, other) for pair in some.split() for one, other in (pair, pair[::-1])}
        for some in (pairs, empty)
    )
    return Matrix(dict.fromkeys(with_ties | none, True), none)


def look(
    pairs: str,
    everybody: str,
    outside: str,
    others: dict[str, int] = {},  # noqa: B006
) -> dict[str, int]:
    """Look at a week of which pairs, and means of all and of outside contacts, are withheld."""
    withheld = pairs.split()
    department = np.repeat(np.arange(3), 6)
    cells = np.vstack([department, 0 * department])
    problems = [
        Problem(cells, [np.array([one not in hidden for one in "ABC"]), np.array([True])], 5)
        for hidden in (everybody, outside)
    ]
    matrix = Matrix({}, set())
    for one, other in ALL_PAIRS:
        matrix.is_withheld[one, other] = matrix.is_withheld[other, one] = one + other in withheld
    return revealed((problems[0], problems[1]), 0, departments(others=others), matrix)


@pytest.mark.parametrize(
    ("pairs", "everybody", "outside", "found"),
    [
        ("", "", "", {}),
        # What passes within is half of what is left of one mean without the other.
        ("AA", "", "", {PAIR: 1}),
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
    assert known_anyway(departments(), of("AA AB BB BC CC")) == (set(), {"B"})
    # Where something else passes between A and C, nobody sees that they have no ties.
    assert known_anyway(departments(), of("AA AB BB BC CC", "AC")) == (set(), set())
    # Unless C has none with others.
    assert known_anyway(departments(), of("AA AB BB CC", "AC BC")) == (set(), {"A", "B", "C"})
    # Of whom nothing passes within, both are the same.
    assert known_anyway(departments(), of("AA AB BC CC"))[0] == {"B"}
    assert known_anyway(departments("A"), of("AA")) == ({"A"}, {"A"})
    lost = replace(departments("A"), everybody_has_one=False)
    assert known_anyway(lost, of("AA")) == (set(), {"A"})


@pytest.mark.parametrize(
    ("pairs", "everybody", "outside", "found"),
    [
        # All pairs of A less the means of A: what one has who has just come.
        ("", "", "", {OTHERS: 2}),
        # What passes between A and B follows from the mean of B.
        ("AB", "", "", {PAIR: 1, OTHERS: 2}),
        ("AB AC BC", "", "", {OTHERS: 1}),
        ("AA AB AC BC", "", "", {}),
    ],
)
def test_what_a_few_have_who_are_in_no_mean_follows_from_the_others(
    pairs: str, everybody: str, outside: str, found: dict[str, int]
) -> None:
    assert look(pairs, everybody, outside, {"A": 1}) == found
    assert OTHERS not in look(pairs, everybody, outside, {"A": 5})


@pytest.mark.parametrize(
    ("others", "found"),
    [
        # All ties less those of the means and of A's others are what those of B and C have.
        ({"A": 6, "B": 2, "C": 2}, {PAIR: 1, OTHERS: 2}),
        ({"A": 6, "B": 2, "C": 7}, {PAIR: 1, OTHERS: 1}),
        # Of a few the organisation does not publish them.
        ({"B": 2, "C": 2}, {}),
        ({"A": 6, "B": 6, "C": 6}, {PAIR: 1}),
    ],
)
def test_all_ties_say_what_those_have_together_who_are_in_no_mean(
    others: dict[str, int], found: dict[str, int]
) -> None:
    assert look("BB BC CC", "", "", others) == found
