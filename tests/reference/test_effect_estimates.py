"""docs/metrics.md, section 9, the figures of effects: worked by hand, and by numpy."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.reference.effects.changes import Observed, controls_of
from tests.reference.effects.estimates import Match, estimate, nearest, slope
from tests.reference.story import some


def apart(one: float, other: float) -> float:
    """The distance of two numbers."""
    return abs(one - other)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([1, 2, 3, 4], []),
        ([10, 1, 2, 8, 3, 4], [1, 2, 8, 3, 4]),
        ([5, 5, 5, 5, 5, 5, 6], [5, 5, 5, 5, 5, 5]),
        ([4, 6, 4, 6, 3, 7, 7 + 1e-10, 7 + 1e-8], [4, 6, 4, 6, 3, 7, 7 + 1e-10]),
    ],
    ids=["too_few", "five", "equals_of_the_fifth", "to_1e-9"],
)
def test_the_5_nearest_and_all_as_near_as_the_fifth(
    people: list[float], expected: list[float]
) -> None:
    assert nearest(people, 5, apart) == expected


def test_the_slope_is_that_within_groups() -> None:
    # Within: (-1, -2), (1, 2); (-1, -1/2), (1, 1/2). Between them d falls with x.
    observations = [("A", 1, 22), ("A", 3, 26), ("B", 10, 0), ("B", 12, 1)]
    assert slope(observations) == pytest.approx((4 + 1) / (2 + 2))


def test_the_slope_is_that_of_a_regression_with_a_dummy_for_each_group() -> None:
    draw = random.Random(1)
    groups = [draw.randrange(4) for _ in range(60)]
    x = [draw.randrange(10) for _ in groups]
    d = [draw.randrange(-4, 5) - one // 3 for one in x]
    dummies = np.eye(4)[groups]
    coefficients, *_ = np.linalg.lstsq(np.column_stack([x, dummies]), d, rcond=None)
    assert slope(zip(groups, x, d, strict=True)) == pytest.approx(coefficients[0])


def test_the_slope_is_0_where_x_does_not_vary() -> None:
    assert slope([("A", 3, 1), ("A", 3, 5), ("B", 7, 2)]) == 0
    assert slope([]) == 0


def test_the_errors_count_controls_that_are_used_again() -> None:
    matches = [Match(1, ("p", "q")), Match(3, ("p", "r", "s", "t"))]
    row = estimate(matches, min_group_size=2)
    # var(δ) = 2 and m = 3, so that s² = 3/2; K is 3/4 of p, 1/2 of q and 1/4 of the others.
    error = (3 / 2 * (1 / 2 + (9 / 16 + 4 / 16 + 3 / 16) / 4)) ** 0.5
    assert some(row, "matched", "effect", "standard_error") == pytest.approx((2, 2, error))
    # Student's t with one degree of freedom, from the printed tables: 12.706.
    assert row["interval_high"] == pytest.approx(2 + 12.706 * error, abs=1e-3)
    assert row["interval_low"] == pytest.approx(2 - 12.706 * error, abs=1e-3)
    assert row["detectable_effect"] == pytest.approx(2.8 * error)


@pytest.mark.parametrize(("count", "t"), [(5, 2.776), (11, 2.228), (31, 2.042)])
def test_the_interval_is_students_with_one_degree_less_than_matches(count: int, t: float) -> None:
    row = estimate([Match(number % 2, (f"c{number}",)) for number in range(count)], 5)
    reach = (row["interval_high"] - row["interval_low"]) / 2
    assert reach / row["standard_error"] == pytest.approx(t, abs=5e-4)


def test_nothing_is_shown_of_fewer_than_min_group_size() -> None:
    names = ("effect", "standard_error", "interval_low", "interval_high", "detectable_effect")
    for count in (0, 4):
        row = estimate([Match(1, ("c",))] * count, min_group_size=5)
        assert some(row, "matched", *names) == (count, None, None, None, None, None)
    alone = estimate([Match(1, ("c",))], min_group_size=1)
    assert some(alone, *names) == (1, None, None, None, None)


def person(number: int, x: float = 0, *shared: object) -> Observed:
    """Somebody of a department, level and tenure band."""
    return Observed(f"c{number}", x, 0, *shared)


ONE = person(0, 0, "D", 3, "new")


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        ([("D", 3, "new")] * 5 + [("D", 2, "new")] * 5, range(1, 6)),
        ([("D", 3, "new")] * 4 + [("D", 2, "new")] + [("E", 3, "new")] * 5, range(1, 6)),
        ([("D", 3, "new")] * 4 + [("E", 1, "new")] + [("D", 3, "old")] * 5, range(1, 6)),
        ([("D", 3, "new")] * 4 + [("E", 1, "old")], range(1, 6)),
        ([("D", 3, "new")] * 4, ()),
        ([(None, None, None)] * 5 + [("D", 3, "new")] * 4, range(1, 10)),
    ],
    ids=[
        "all",
        "without_level",
        "without_department",
        "without_tenure_band",
        "unmatched",
        "unknown_is_not_known",
    ],
)
def test_what_controls_share_is_given_up_in_order(
    others: list[tuple[object, ...]], taken: range
) -> None:
    pool = [person(number, 0, *shared) for number, shared in enumerate(others, start=1)]
    assert [one.person for one in controls_of(ONE, pool)] == [f"c{number}" for number in taken]


def test_unknown_equals_unknown() -> None:
    unknown = (None, None, None)
    pool = [person(number, 0, *unknown) for number in range(1, 6)]
    pool += [person(number, 0, "D", 3, "new") for number in range(6, 11)]
    controls = controls_of(person(0, 0, *unknown), pool)
    assert [one.person for one in controls] == ["c1", "c2", "c3", "c4", "c5"]


def test_controls_are_near_in_x_among_those_who_are_alike() -> None:
    alike = [person(number, number, "D", 3, "new") for number in range(1, 8)]
    nearer = [person(number, 0, "E", 3, "new") for number in range(10, 16)]
    controls = controls_of(ONE, [*nearer, *alike])
    assert [one.before for one in controls] == [1, 2, 3, 4, 5]
