"""What the audit of disclosure finds: each way to give somebody away, in the least example."""

from __future__ import annotations

import numpy as np
import pytest

from dagster_pipelines.disclosure.attacks import (
    BESIDE,
    INSIDER,
    SHARED,
    TOGETHER,
    WITHHELD,
    Problem,
    dominated,
    moved,
    revealed,
)

LEAST = 5


def problem(groups: dict[tuple[str, ...], int], *, hidden: str) -> Problem:
    """People by the cells that they are in ("-" where not known), and the cells that are hidden."""
    kinds = list(zip(*groups, strict=True))
    names = [sorted(set(kind) - {"-"}) for kind in kinds]
    cells = [
        [of_type.index(name) if name != "-" else -1 for name in kind]
        for of_type, kind in zip(names, kinds, strict=True)
    ]
    shown = [np.array([name not in hidden.split() for name in of_type]) for of_type in names]
    return Problem(np.repeat(np.array(cells), list(groups.values()), axis=1), shown, LEAST)


def test_one_hidden_cell_follows_from_the_total_and_its_siblings() -> None:
    groups = {("all", "A"): 4, ("all", "B"): 6, ("all", "C"): 20}
    assert revealed(problem(groups, hidden="A"))[WITHHELD] == 1
    assert revealed(problem(groups, hidden="A B")) == {}


def test_people_of_no_team_follow_from_the_total() -> None:
    groups = {("all", "A"): 8, ("all", "B"): 6, ("all", "-"): 2}
    assert revealed(problem(groups, hidden=""))[SHARED] > 0
    assert revealed(problem({**groups, ("all", "-"): 5}, hidden="")) == {}


def test_a_few_people_of_two_small_cells_follow_together() -> None:
    groups = {("all", "A"): 2, ("all", "B"): 2, ("all", "C"): 20}
    assert TOGETHER in revealed(problem(groups, hidden="A B"))


def test_a_hidden_team_follows_from_its_department_and_the_other_teams() -> None:
    groups = {
        ("all", "X", "A"): 4,
        ("all", "X", "B"): 6,
        ("all", "Y", "C"): 3,
        ("all", "Y", "D"): 9,
        ("all", "Z", "E"): 7,
    }
    assert revealed(problem(groups, hidden="A C"))[WITHHELD] == 2
    assert revealed(problem(groups, hidden="A B C D")) == {}


def test_a_few_of_one_cell_follow_where_the_rest_is_another_cell() -> None:
    # A whole team works in the north, with two people of another.
    groups = {("all", "A", "North"): 9, ("all", "B", "North"): 2, ("all", "B", "South"): 11}
    found = revealed(problem(groups, hidden=""))
    assert BESIDE in found
    assert SHARED in found
    assert revealed(problem(groups, hidden="A B")) == {}


def test_an_insider_takes_himself_away() -> None:
    groups = {("all", "A"): 8, ("all", "B"): 6, ("all", "-"): 1}
    assert revealed(problem(groups, hidden="A"))[INSIDER] == 1
    assert revealed(problem(groups, hidden="A B")) == {}


def test_three_groupings_give_away_what_no_two_do() -> None:
    # The first row less the second column is one person of D less the other.
    groups = {
        ("all", "R1", "C1", "D"): 1,
        ("all", "R1", "C2", "-"): 5,
        ("all", "R2", "C1", "-"): 5,
        ("all", "R2", "C2", "D"): 1,
        ("all", "R3", "C3", "E"): 8,
    }
    assert revealed(problem(groups, hidden="D")) == {INSIDER: 1}
    assert revealed(problem(groups, hidden=""))[SHARED] > 0


@pytest.mark.parametrize("people", [5, 12])
def test_enough_people_may_follow(people: int) -> None:
    groups = {("all", "A"): people, ("all", "B"): 9, ("all", "-"): people}
    assert revealed(problem(groups, hidden="")) == {}


@pytest.mark.parametrize(
    ("numbers", "count"),
    [
        ([50, 4, 3, 2], 0),
        ([50, 4, 3, 1], 1),
        ([0, 0, 0, 0], 0),
        ([9, 0, 0, 0], 1),
        ([0.1, 0.1, 0.1, 0.1], 0),
        ([1, 2, 100, 2], 1),
        ([7, 7, 0, 0], 1),
    ],
)
def test_a_cell_is_dominated_by_what_the_second_largest_can_guess(
    numbers: list[float], count: int
) -> None:
    groups = {("A",): 4, ("-",): 2}
    everybody = np.array([*numbers, 90, 90], dtype=float)
    assert dominated(problem(groups, hidden=""), everybody) == count
    assert dominated(problem(groups, hidden="A"), everybody) == 0


@pytest.mark.parametrize(
    ("before", "now", "count"),
    [
        # Five people stay; a sixth comes, or goes, with 20.
        ([4, 4, 4, 4, 4, None], [4, 5, 4, 4, 4, 20], 1),
        ([4, 4, 4, 4, 4, 20], [4, 4, 4, 4, 3, None], 1),
        ([4, 4, 4, 4, 4, None], [4, 5, 4, 3, 4, 20], 0),
        # Nothing is known of somebody who has nothing.
        ([4, 4, 4, 4, 4, None], [4, 4, 4, 4, 4, 0], 0),
        # One comes, one goes.
        ([None, 4, 4, 4, 4, 20], [20, 4, 4, 4, 4, None], 0),
        ([4, 4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 4], 0),
        # Of so many it is their sum alone.
        ([4, None, None, None, None, None], [4, 9, 9, 9, 9, 9], 0),
        ([4, 4, None, None, None, None], [4, 4, 9, 9, 9, 9], 1),
    ],
)
def test_who_comes_or_goes_is_known_where_the_others_stay_as_they_were(
    before: list[float | None], now: list[float | None], count: int
) -> None:
    numbers = tuple(np.array(week, dtype=float) for week in (before, now))
    cells = tuple(np.zeros(6, dtype=np.int64) for _ in numbers)
    assert moved(cells, numbers, np.array([True]), LEAST) == count
    assert moved(cells, numbers, np.array([False]), LEAST) == 0


def test_who_moves_is_known_in_both_cells() -> None:
    # The last goes from the first cell to the second.
    before, now = np.array([0, 0, 0, 1, 1, 1, 0]), np.array([0, 0, 0, 1, 1, 1, 1])
    numbers = np.array([4.0, 4, 4, 4, 4, 4, 30])
    shown = np.array([True, True])
    assert moved((before, now), (numbers, numbers), shown, LEAST) == 2
    assert moved((before, now), (numbers, numbers), ~shown, LEAST) == 0
