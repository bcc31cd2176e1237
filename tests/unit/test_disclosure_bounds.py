"""How narrowly withheld sums may be bounded: the audit sees it, and the rules prevent it."""

from __future__ import annotations

import os

import numpy as np
import pytest

from dagster_pipelines.disclosure import attacks
from dagster_pipelines.disclosure.bounds import count_narrow
from dbt_project.withholding import Problem, withhold, withhold_what_is_narrow
from tests.harness.memberships import memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "30"))
LEAST = 5

# Two teams of four and five, in two places that a team of twenty is in too.
TEAM = np.repeat([0, 1, 2], [4, 5, 20])
PLACE = np.concatenate([np.repeat([0, 1], [4, 5]), np.tile([0, 1], 10)])
CELLS = np.array([TEAM, PLACE, np.zeros_like(TEAM)])


def problem_of(*hidden: int) -> attacks.Problem:
    """These people, some teams withheld."""
    shown = [~np.isin(np.arange(3), hidden), np.ones(2, dtype=bool), np.ones(1, dtype=bool)]
    return attacks.Problem(CELLS, shown, LEAST)


def test_a_sum_that_others_leave_no_room_is_narrow() -> None:
    # The second place has nothing, nor then the second team: the first has all there is.
    numbers = np.where(PLACE == 0, 3.0, 0.0)
    assert count_narrow(problem_of(0, 1), numbers, np.inf) == 1


def test_a_sum_that_others_leave_room_enough_is_not() -> None:
    assert count_narrow(problem_of(0, 1), np.full(len(TEAM), 3.0), np.inf) == 0


def test_nothing_is_bounded_where_nobody_counts_or_nothing_is_shown() -> None:
    nobody = attacks.Problem(CELLS[:, :0], problem_of().is_shown, LEAST)
    assert count_narrow(nobody, np.zeros(0), np.inf) == 0
    hidden = [np.zeros(count, dtype=bool) for count in (3, 2, 1)]
    numbers = np.full(len(TEAM), 3.0)
    assert count_narrow(attacks.Problem(CELLS, hidden, LEAST), numbers, np.inf) == 0


@pytest.mark.parametrize(("most", "narrow"), [(np.inf, 0), (1.0, 1)])
def test_what_nobody_can_have_more_of_bounds_too(most: float, narrow: int) -> None:
    # In the second place all have what anybody can have: so does the second team.
    numbers = np.where(PLACE == 0, 0.5, 1.0)
    assert count_narrow(problem_of(0, 1), numbers, most) == narrow


def test_what_would_be_narrow_is_withheld_with_more() -> None:
    numbers = np.where(PLACE == 0, 3.0, 0.0)
    problem = Problem.of(CELLS, [3, 2, 1], LEAST)
    withhold(problem)
    assert [flags.tolist() for flags in problem.hidden[:1]] == [[True, True, False]]
    withhold_what_is_narrow(problem, numbers)
    shown = [~flags for flags in problem.hidden]
    assert count_narrow(attacks.Problem(CELLS, shown, LEAST), numbers, np.inf) == 0


def test_what_nobody_has_is_left_alone() -> None:
    problem = Problem.of(CELLS, [3, 2, 1], LEAST)
    withhold(problem)
    before = [flags.copy() for flags in problem.hidden]
    withhold_what_is_narrow(problem, np.zeros(len(TEAM)))
    assert all((one == other).all() for one, other in zip(before, problem.hidden, strict=True))


def drawn_numbers(seed: int, people: int) -> tuple[np.ndarray, float]:
    """What people have: a sum that all have, one that few have, or a part of one; and the most."""
    rng = np.random.default_rng([seed, 3])
    few = rng.random(people) < 0.15
    return [
        (rng.gamma(2, 3, people), np.inf),
        (np.where(few, rng.gamma(1, 60, people), 0.0), np.inf),
        (np.where(rng.random(people) < 0.5, rng.random(people), 0.0), 1.0),
    ][seed % 3]


def test_nothing_is_narrow_in_random_companies_and_most_is_shown() -> None:
    large = kept = narrow_before = 0
    for seed in range(COMPANIES):
        drawn = memberships(seed)
        cells = np.vstack([drawn, np.zeros((1, drawn.shape[1]), dtype=np.int64)])
        numbers, most = drawn_numbers(seed, cells.shape[1])
        problem = Problem.of(cells, [int(row.max()) + 1 for row in cells], LEAST)
        withhold(problem)
        shown = [~flags for flags in problem.hidden]
        narrow_before += count_narrow(attacks.Problem(cells, shown, LEAST), numbers, most) > 0
        withhold_what_is_narrow(problem, numbers, most)
        shown = [~flags for flags in problem.hidden]
        decided = attacks.Problem(cells, shown, LEAST)
        assert count_narrow(decided, numbers, most) == 0, seed
        assert attacks.revealed(decided) == {}, seed
        for size, flags in zip(problem.sizes, shown, strict=True):
            large += int((size >= LEAST).sum())
            kept += int((flags & (size >= LEAST)).sum())
    assert kept >= 0.8 * large
    assert narrow_before > 0
