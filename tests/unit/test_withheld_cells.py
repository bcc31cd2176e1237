"""Which cells of segments are withheld: the rules of docs/disclosure.md, and that they suffice.

`TACIT_DISCLOSURE_COMPANIES=1000 pytest tests/unit/test_withheld_cells.py` draws so many companies;
without it the run is short.
"""

from __future__ import annotations

import os
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from dagster_pipelines.disclosure.attacks import Problem, revealed
from dbt_project.withholding import COLUMNS, withheld_cells
from tests.harness.memberships import NOBODY, TYPES, memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "30"))
LEAST = 5
WEEKS = (date(2026, 3, 2), date(2026, 3, 9))


def week_of(*groups: tuple[int, dict[str, str]], counts: str = "people") -> list[dict]:
    """The people of a week: so many who are each in the named cells."""
    return [
        {"period_start": WEEKS[0], **dict.fromkeys(TYPES), **cells, "counts_in": {counts: True}}
        for people, cells in groups
        for _ in range(people)
    ]


def withheld(
    people: list[dict],
    exposed: set[tuple[str, str]] = frozenset(),
    least: int = LEAST,
) -> set[tuple[str, str]]:
    """The cells that are withheld, by type and name."""
    found = withheld_cells(table(people), exposed_of(exposed), least).to_pylist()
    return {(cell["segment_type"], cell["segment_value"]) for cell in found}


def exposed_of(cells: set[tuple[str, str]] = frozenset(), rests_on: str = "people") -> pa.Table:
    """Cells of the first week that are not shown whatever their size."""
    rows = [(type_, name, rests_on, WEEKS[0]) for type_, name in sorted(cells)]
    columns = zip(COLUMNS.names, zip(*rows, strict=True), strict=False)
    return pa.table(dict(columns), schema=COLUMNS) if rows else COLUMNS.empty_table()


def table(people: list[dict]) -> pa.Table:
    counts = sorted(people[0]["counts_in"])
    return pa.Table.from_pylist(
        people,
        schema=pa.schema(
            [
                ("period_start", pa.date32()),
                *((name, pa.string()) for name in TYPES),
                ("counts_in", pa.struct([(name, pa.bool_()) for name in counts])),
            ]
        ),
    )


def teams(**sizes: int) -> list[tuple[int, dict[str, str]]]:
    return [(people, {"team": name}) for name, people in sizes.items()]


def test_small_cells_are_withheld_and_large_ones_are_not() -> None:
    people = week_of(*teams(A=4, B=3, C=5, D=30))
    assert withheld(people) == {("team", "A"), ("team", "B")}


def test_how_many_are_a_few_is_a_parameter() -> None:
    people = week_of(*teams(A=4, B=3, C=5, D=30))
    assert withheld(people, least=3) == set()
    assert withheld(people, least=6) == {("team", name) for name in "ABC"}


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    # B and D are of one size: the first by name goes.
    people = week_of(*teams(A=4, B=6, C=24, D=6))
    assert withheld(people) == {("team", "A"), ("team", "B")}


def test_a_few_people_of_small_cells_take_the_next_smallest_with_them() -> None:
    people = week_of(*teams(A=2, B=2, C=8, D=12))
    assert withheld(people) == {("team", "A"), ("team", "B"), ("team", "C")}


def test_people_of_no_team_are_hidden_people() -> None:
    people = week_of(*teams(A=8, B=10), (2, {}))
    assert withheld(people) == {("team", "A")}
    assert withheld(week_of(*teams(A=8, B=10), (6, {}))) == set()


def test_a_small_team_takes_a_sibling_of_its_department() -> None:
    cells = [("A", "X", 4), ("B", "X", 9), ("C", "X", 7), ("D", "Y", 6), ("E", "Y", 14)]
    people = week_of(*((size, {"team": t, "department": d}) for t, d, size in cells))
    assert withheld(people) == {("team", "A"), ("team", "C")}


def test_a_department_of_one_team_that_is_withheld_goes_too() -> None:
    cells = [("A", "X", 4), ("B", "Y", 9), ("C", "Y", 7), ("D", "Z", 16)]
    people = week_of(*((size, {"team": t, "department": d}) for t, d, size in cells))
    found = withheld(people)
    assert {("team", "A"), ("department", "X")} <= found
    assert {type_ for type_, _ in found} == {"team", "department"}


def test_a_place_that_is_a_team_and_two_more_people_is_not_shown_beside_it() -> None:
    people = week_of(
        (9, {"team": "A", "location": "North"}),
        (2, {"team": "B", "location": "North"}),
        (14, {"team": "B", "location": "South"}),
    )
    found = withheld(people)
    assert ("team", "A") in found or ("location", "North") in found


def test_nobody_who_takes_himself_away_is_left_with_a_withheld_cell() -> None:
    # A is hidden with one person of no team: that person knows what A is.
    people = week_of(*teams(A=4, B=7, C=20), (1, {}))
    assert withheld(people) == {("team", "A"), ("team", "B")}


def test_an_exposed_cell_is_withheld_and_does_not_follow() -> None:
    people = week_of(*teams(A=9, B=12, C=20))
    assert withheld(people) == set()
    assert withheld(people, {("team", "C")}) == {("team", "A"), ("team", "C")}
    # It is exposed in one figure and one week alone.
    minutes = "learning_minutes_people"
    two_figures = [{**one, "counts_in": {"people": True, minutes: True}} for one in people]
    later = [{**one, "period_start": WEEKS[1]} for one in two_figures]
    found = withheld_cells(
        table(two_figures + later), exposed_of({("team", "C")}, minutes), LEAST
    ).to_pylist()
    assert {(cell["rests_on"], cell["period_start"]) for cell in found} == {(minutes, WEEKS[0])}


def test_an_organisation_of_a_few_is_withheld_whole() -> None:
    people = week_of((4, {"team": "A", "work_mode": "remote"}))
    assert withheld(people) == {
        *(("organisation", "all"), ("team", "A"), ("work_mode", "remote")),
    }


def test_a_cell_of_nobody_who_counts_is_withheld_and_hides_nobody() -> None:
    people = week_of(*teams(A=6, B=7))
    idle = [{**one, "counts_in": {"people": False}} for one in week_of(*teams(C=9))]
    assert withheld(people + idle) == {("team", "C")}


def test_figures_are_decided_by_those_who_count_in_them_week_by_week() -> None:
    people = [
        {**one, "counts_in": {"people": True, "measured_people": one["team"] != "A"}}
        for one in week_of(*teams(A=6, B=7, C=8))
    ]
    later = [{**one, "period_start": WEEKS[1]} for one in people if one["team"] != "B"]
    found = withheld_cells(table(later + people), exposed_of(), LEAST).to_pylist()
    assert {tuple(cell.values()) for cell in found} == {
        ("team", "A", "measured_people", WEEKS[0]),
        ("team", "A", "measured_people", WEEKS[1]),
    }


def in_another_order(drawn: np.ndarray, seed: int) -> np.ndarray:
    return drawn[:, np.random.default_rng(seed).permutation(drawn.shape[1])]


def as_people(drawn: np.ndarray) -> list[dict]:
    """People as the model has them; names of cells are in the order of their numbers."""
    return week_of(
        *(
            (1, {t: f"{c:03}" for t, c in zip(TYPES, person, strict=True) if c != NOBODY})
            for person in drawn.T.tolist()
        )
    )


def shown_of(drawn: np.ndarray, hidden: set[tuple[str, str]]) -> list[np.ndarray]:
    """For each type, the organisation last, which cells are shown."""
    flags = [
        np.array([(type_, f"{cell:03}") not in hidden for cell in range(row.max() + 1)], dtype=bool)
        for type_, row in zip(TYPES, drawn, strict=True)
    ]
    return [*flags, np.array([("organisation", "all") not in hidden])]


def problem_of(drawn: np.ndarray, shown: list[np.ndarray]) -> Problem:
    everybody = np.zeros((1, drawn.shape[1]), dtype=np.int64)
    return Problem(np.vstack([drawn, everybody]), shown, LEAST)


def sizes_of(drawn: np.ndarray) -> list[np.ndarray]:
    cells = [np.bincount(row[row != NOBODY], minlength=row.max() + 1) for row in drawn]
    return [*cells, np.array([drawn.shape[1]])]


def test_nothing_is_revealed_of_random_companies_and_most_is_shown() -> None:
    large = kept = naively_revealed = 0
    for seed in range(COMPANIES):
        drawn = memberships(seed)
        hidden = withheld(as_people(drawn))
        shown = shown_of(drawn, hidden)
        assert revealed(problem_of(drawn, shown)) == {}, seed
        sizes = sizes_of(drawn)
        large += sum(int((size >= LEAST).sum()) for size in sizes)
        kept += sum(
            int(((size >= LEAST) & flags).sum()) for size, flags in zip(sizes, shown, strict=True)
        )
        small_only = [size >= LEAST for size in sizes]
        naively_revealed += bool(revealed(problem_of(drawn, small_only)))
    assert kept >= 0.8 * large
    # What this is for: hiding small cells alone gives somebody away nearly everywhere.
    assert naively_revealed > 0.8 * COMPANIES


@pytest.mark.parametrize("seed", range(5))
def test_the_same_cells_are_withheld_whatever_order_people_come_in(seed: int) -> None:
    drawn = memberships(seed)
    again = in_another_order(drawn, seed)
    assert withheld(as_people(drawn)) == withheld(as_people(again))
