"""What follows from known sums: random solutions modulo a prime against fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from dagster_pipelines.disclosure import exact


def rank(rows: list[list[int]]) -> int:
    """The rank of a matrix, by fractions."""
    left = [[Fraction(number) for number in row] for row in rows]
    found = 0
    while left and left[0]:
        pivots = [row for row in left if row[0]]
        if pivots:
            found += 1
            first = pivots[0]
            left.remove(first)
            left = [
                [one - row[0] / first[0] * other for one, other in zip(row, first, strict=True)]
                for row in left
            ]
        left = [row[1:] for row in left]
    return found


def drawn_groupings(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    atoms = int(rng.integers(1, 16))
    return np.array(
        [
            rng.integers(exact.NOBODY, int(rng.integers(1, 6)), atoms)
            for _ in range(rng.integers(1, 5))
        ]
    )


def known_rows(groupings: np.ndarray) -> list[list[int]]:
    return [
        (groups == group).astype(int).tolist()
        for groups in groupings
        for group in np.unique(groups[groups != exact.NOBODY])
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_sum_follows_exactly_where_it_adds_no_rank(seed: int) -> None:
    groupings = drawn_groupings(seed)
    rows = known_rows(groupings)
    numbers = exact.solutions(groupings, seed=seed)
    rng = np.random.default_rng(1_000 + seed)
    for group in rng.random((12, groupings.shape[1])) < 0.4:
        follows = rank([*rows, group.astype(int).tolist()]) == rank(rows)
        assert (not (numbers[group].sum(axis=0) % exact.PRIME).any()) == follows


@pytest.mark.parametrize("seed", range(40))
def test_every_known_sum_of_a_solution_is_0(seed: int) -> None:
    groupings = drawn_groupings(seed)
    numbers = exact.solutions(groupings, seed=seed)
    for row in known_rows(groupings):
        assert not (numbers[np.array(row) == 1].sum(axis=0) % exact.PRIME).any()


def test_multiples_have_one_direction() -> None:
    numbers = np.array([[2, 4, 6], [1, 2, 3], [0, 5, 5], [0, 1, 1], [1, 0, 0], [0, 0, 0]])
    found = exact.direction(numbers).tolist()
    assert found == [[1, 2, 3], [1, 2, 3], [0, 1, 1], [0, 1, 1], [1, 0, 0], [0, 0, 0]]
