"""What is stated anew of a figure that was published: that no difference gives a few people away.

The company changes again and again; what was said of it is held against everybody's numbers, in
every state in which they were: exact algebra that knows nothing of how it was decided.
`TACIT_DISCLOSURE_COMPANIES=1000 pytest tests/unit/test_restating_history.py` draws so many.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dagster_pipelines.disclosure import exact
from dagster_pipelines.restating.history import History, restated
from dbt_project.withholding import Problem, withhold
from tests.harness.memberships import NOBODY, memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "30"))
STATES = 4
LEAST = 5


def team_of(*sizes: int) -> np.ndarray:
    """Teams of so many people, and the organisation."""
    team = np.repeat(np.arange(len(sizes)), sizes)
    return np.array([team, np.zeros_like(team)])


def changed_once(
    cells: np.ndarray,
    changed: list[int],
    *,
    after: np.ndarray | None = None,
    hidden: tuple[tuple[int, int], ...] = (),
) -> set[tuple[int, int]]:
    """Type and place of what is stated anew where some people's numbers change."""
    numbers = np.arange(2.0 * cells.shape[1]).reshape(2, -1)
    numbers[1] = numbers[0]
    numbers[1, changed] += 0.5
    counts = [row.max() + 1 for row in cells]
    may_change = [np.ones(count, dtype=bool) for count in counts]
    for type_, place in hidden:
        may_change[type_][place] = False
    history = History(
        numbers,
        np.array([cells, cells if after is None else after]),
        [np.ones((1, count), dtype=bool) for count in counts],
        may_change,
        LEAST,
    )
    return {
        (type_, place)
        for type_, flags in enumerate(restated(history))
        for place in np.flatnonzero(flags).tolist()
    }


def test_a_cell_with_which_a_few_have_changed_stays() -> None:
    cells = team_of(10, 10, 10)
    assert changed_once(cells, [0, 1, 2, 3]) == set()
    assert changed_once(cells, [0, 1, 2, 3, 4]) == {(0, 0), (1, 0)}


def test_all_is_stated_anew_where_enough_have_changed_everywhere() -> None:
    cells = team_of(10, 10, 10)
    assert changed_once(cells, list(range(30))) == {(0, 0), (0, 1), (0, 2), (1, 0)}


def test_who_changed_in_a_cell_that_stays_does_not_follow_from_the_others() -> None:
    # Two of team 2: the organisation less teams 0 and 1 would say what they changed by.
    cells = team_of(10, 10, 10)
    assert changed_once(cells, [*range(6), *range(10, 17), 20, 21]) == {(0, 1), (1, 0)}


def test_what_is_withheld_or_exposed_stays() -> None:
    # Team 0 with it: what changed in team 1 would follow.
    cells = team_of(10, 10, 10)
    assert changed_once(cells, list(range(30)), hidden=((0, 1),)) == {(0, 2), (1, 0)}


def test_a_cell_that_somebody_left_or_came_to_stays() -> None:
    cells = team_of(10, 10, 10)
    after = cells.copy()
    after[0, 0] = 1
    assert changed_once(cells, list(range(30)), after=after) == {(0, 2), (1, 0)}


def test_enough_who_changed_one_after_another_are_enough() -> None:
    cells = team_of(10, 10)
    numbers = np.tile(np.arange(20.0), (3, 1))
    numbers[1:, [0, 1, 2, *range(10, 16)]] += 0.5
    numbers[2, [3, 4]] += 0.5
    # Team 1 and with it the organisation were stated anew when three of team 0 had changed: no.
    stated = [np.array([[True, True], [False, True]]), np.array([[True], [False]])]
    may_change = [np.ones(2, dtype=bool), np.ones(1, dtype=bool)]
    history = History(numbers, np.array([cells] * 3), stated, may_change, LEAST)
    team, _ = restated(history)
    assert team.tolist() == [True, False]


@dataclass
class Living:
    """A company in the states that were stated of it, and what was."""

    numbers: list[np.ndarray]
    cells: list[np.ndarray]
    stated: list[np.ndarray]
    shown: list[np.ndarray]

    @classmethod
    def of(cls, seed: int) -> Living:
        """Draw a company and state what may be stated of it."""
        rng = np.random.default_rng([seed, 1])
        drawn = memberships(seed)[:, :150]
        cells = np.vstack([drawn, np.zeros((1, drawn.shape[1]), dtype=np.int64)])
        numbers = rng.random(cells.shape[1])
        numbers[rng.random(len(numbers)) < 0.1] = np.nan
        counts = [int(row.max()) + 1 for row in cells]
        problem = Problem.of(cells[:, ~np.isnan(numbers)], counts, LEAST)
        withhold(problem)
        shown = [~hidden for hidden in problem.hidden]
        stated = [np.ones((1, count), dtype=bool) for count in counts]
        return cls([numbers], [cells], stated, shown)

    def go_on(self, rng: np.random.Generator) -> int:
        """Change some people, state what may be stated; return of how many cells that is."""
        numbers, cells = self.numbers[-1].copy(), self.cells[-1].copy()
        changes = rng.random(len(numbers)) < rng.choice([0.02, 0.1, 0.3, 0.9])
        counted = ~np.isnan(numbers)
        numbers[changes & counted] = rng.random((changes & counted).sum())
        comes = ~counted & (rng.random(len(numbers)) < 0.3)
        numbers[comes] = rng.random(comes.sum())
        if rng.random() < 0.4:
            numbers[rng.integers(len(numbers))] = np.nan
            type_, person = rng.integers(len(cells) - 1), rng.integers(len(numbers))
            cells[type_, person] = rng.integers(cells[type_].max() + 1)
        history = History(
            np.array([*self.numbers, numbers]),
            np.array([*self.cells, cells]),
            self.stated,
            self.shown,
            LEAST,
        )
        anew = restated(history)
        count = sum(int(flags.sum()) for flags in anew)
        if count:
            self.numbers.append(numbers)
            self.cells.append(cells)
            self.stated = [
                np.vstack([stated, flags]) for stated, flags in zip(self.stated, anew, strict=True)
            ]
        return count

    def unknowns(self) -> tuple[np.ndarray, int]:
        """The number of what each person had in each state, (states, people), and how many are."""
        unknown = np.full((len(self.numbers), len(self.numbers[0])), NOBODY)
        count = 0
        for state, numbers in enumerate(self.numbers):
            is_new = ~np.isnan(numbers)
            if state:
                same = self.numbers[state - 1] == numbers
                unknown[state, same] = unknown[state - 1, same]
                is_new &= ~same
            unknown[state, is_new] = np.arange(count, count + is_new.sum())
            count += int(is_new.sum())
        return unknown, count

    def statements(self, unknown: np.ndarray, count: int) -> np.ndarray:
        """A row over the unknowns for each sum that was stated."""
        rows = []
        for type_, stated in enumerate(self.stated):
            for state, place in zip(*np.nonzero(stated & self.shown[type_]), strict=True):
                row = np.zeros(count, dtype=np.int64)
                members = (self.cells[state][type_] == place) & (unknown[state] != NOBODY)
                row[unknown[state][members]] = 1
                rows.append(row)
        return np.array(rows).reshape(len(rows), count)

    def few(self, unknown: np.ndarray, count: int) -> Iterator[np.ndarray]:
        """Rows of what a few have in a state, and of what they changed by from one to another."""
        states = range(len(self.numbers))
        for one, other in [*itertools.combinations(states, 2), *((s, None) for s in states)]:
            was = unknown[one]
            then = np.full_like(was, NOBODY) if other is None else unknown[other]
            cells = self.cells[one if other is None else other]
            differs = np.flatnonzero(was != then)
            for types in [(), *itertools.combinations(range(len(cells)), 1), (0, 2), (1, 4)]:
                groups = {}
                for person in differs.tolist():
                    key = tuple(cells[list(types), person]) if types else person
                    groups.setdefault(key, []).append(person)
                for people in groups.values():
                    if len(people) < LEAST:
                        row = np.zeros(count, dtype=np.int64)
                        for sign, had in ((1, then[people]), (-1, was[people])):
                            np.add.at(row, had[had != NOBODY], sign)
                        yield row


def test_nothing_of_a_few_follows_from_all_that_was_ever_stated() -> None:
    restated_cells = naively = 0
    for seed in range(COMPANIES):
        company = Living.of(seed)
        rng = np.random.default_rng([seed, 2])
        for _ in range(STATES):
            restated_cells += company.go_on(rng)
        unknown, count = company.unknowns()
        numbers = exact.solutions_of(company.statements(unknown, count))
        few = np.array([*company.few(unknown, count)])
        left = few @ numbers % exact.PRIME
        assert left.any(axis=1).all(), seed
        # Had all been stated anew each time, somebody would have been given away.
        company.stated = [np.ones_like(stated) for stated in company.stated]
        naive = exact.solutions_of(company.statements(unknown, count))
        naively += not (few @ naive % exact.PRIME).any(axis=1).all()
    assert restated_cells > 10 * COMPANIES
    assert naively > 0.5 * COMPANIES
