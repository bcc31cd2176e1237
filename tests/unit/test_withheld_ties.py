"""Which ties and means of departments are withheld so that neither follows from the other.

`TACIT_DISCLOSURE_COMPANIES=1000 pytest tests/unit/test_withheld_ties.py` draws so many companies.
"""

from __future__ import annotations

import importlib.util
import os
from collections import defaultdict
from datetime import date
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from dagster_pipelines.disclosure.attacks import Problem
from dagster_pipelines.disclosure.pairs import revealed as of_pairs
from dagster_pipelines.disclosure.ties import known_anyway, revealed
from dagster_pipelines.sqlfiles import repository
from tests.harness.memberships import NOBODY, TYPES, memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "40"))
LEAST = 5
WEEK = date(2026, 3, 2)
EVERYBODY, OUTSIDE = "network_size_people", "cross_department_contacts_people"
DEPARTMENT = TYPES.index("department")

Pair = tuple[str, str]


def model_of(name: str) -> ModuleType:
    path = repository() / f"dbt_project/models/disclosure/{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def means() -> ModuleType:
    return model_of("withheld_segment_cells")


@pytest.fixture(scope="module")
def pairs() -> ModuleType:
    return model_of("withheld_pair_cells")


def ties_of(drawn: np.ndarray, seed: int) -> dict[Pair, set[int]]:
    """Draw ties: who of the first department has one with the second, by pair."""
    rng = np.random.default_rng([seed, 1])
    department = drawn[DEPARTMENT]
    openness = rng.choice([0.0, 0.05, 0.2, 0.6], department.max() + 1)
    behind: dict[Pair, set[int]] = defaultdict(set)
    for person in np.flatnonzero(department != NOBODY):
        own = department[person]
        among = (department != NOBODY) if rng.random() < openness[own] else (department == own)
        others = np.flatnonzero(among)
        for other in rng.choice(others, min(len(others), rng.integers(0, 4)), replace=False):
            if other != person:
                one, another = f"{own:03}", f"{department[other]:03}"
                behind[one, another].add(int(person))
                behind[another, one].add(int(other))
    return behind


def people_of(drawn: np.ndarray) -> pa.Table:
    """People as the models have them; names of cells are in the order of their numbers."""
    names = {
        type_: [None if cell == NOBODY else f"{cell:03}" for cell in row]
        for type_, row in zip(TYPES, drawn.tolist(), strict=True)
    }
    is_known = [cell != NOBODY for cell in drawn[DEPARTMENT].tolist()]
    counts = [{EVERYBODY: True, OUTSIDE: known} for known in is_known]
    start = pa.array([WEEK] * len(counts), pa.date32())
    strings = {type_: pa.array(of_type, pa.string()) for type_, of_type in names.items()}
    return pa.table({"period_start": start, **strings, "counts_in": counts})


def withheld(
    means: ModuleType,
    pairs: ModuleType,
    drawn: np.ndarray,
    behind: dict[Pair, set[int]],
    *,
    beside_ties: bool = True,
) -> tuple[dict[str, set[tuple[str, str]]], set[Pair]]:
    """Return the cells of segments that are withheld, by count of people, and the pairs."""
    people = people_of(drawn)
    counts = {pair: len(some) for pair, some in behind.items()}
    figures = {(WEEK, "ties"): (counts, behind)} if counts else {}
    nothing = means.COLUMNS.empty_table()
    cells = means.withheld_cells(people, nothing, LEAST, figures if beside_ties else None)
    of_week = cells.rename_columns({"period_start": "week_start"})
    found = pairs.withheld_pairs(figures, people, of_week, LEAST).to_pylist()
    hidden = defaultdict(set)
    for cell in cells.to_pylist():
        hidden[cell["rests_on"]].add((cell["segment_type"], cell["segment_value"]))
    return hidden, {(row["from_department"], row["to_department"]) for row in found}


def given_away(
    drawn: np.ndarray,
    behind: dict[Pair, set[int]],
    hidden: dict[str, set[tuple[str, str]]],
    pairs: set[Pair],
) -> dict[str, int]:
    problems = []
    for rests_on in (EVERYBODY, OUTSIDE):
        flags = [
            np.array(
                [(type_, f"{cell:03}") not in hidden[rests_on] for cell in range(row.max() + 1)]
            )
            for type_, row in zip(TYPES, drawn, strict=True)
        ]
        flags.append(np.array([("organisation", "all") not in hidden[rests_on]]))
        cells = np.vstack([drawn, np.zeros((1, drawn.shape[1]), dtype=np.int64)])
        counts = (drawn[DEPARTMENT] != NOBODY) | (rests_on == EVERYBODY)
        problems.append(Problem(cells[:, counts], flags, LEAST))
    departments = [f"{cell:03}" for cell in range(drawn[DEPARTMENT].max() + 1)]
    is_withheld = {pair: pair in pairs for pair in behind}
    between = {pair: flag for pair, flag in is_withheld.items() if pair[0] != pair[1]}
    found = revealed((problems[0], problems[1]), DEPARTMENT, departments, is_withheld)
    edges = sorted({(min(pair), max(pair)) for pair in behind})
    is_whole = bool((drawn[DEPARTMENT] != NOBODY).all())
    anyway = known_anyway(departments, edges, everybody_has_one=is_whole)
    for rests_on, cells, settled, has_total in zip(
        (EVERYBODY, OUTSIDE), (is_withheld, between), anyway, (is_whole, True), strict=True
    ):
        known = {one for one in departments if ("department", one) not in hidden[rests_on]}
        found |= of_pairs(cells, behind, known - settled, LEAST, has_total=has_total)
    return found


def test_nothing_is_revealed_of_random_companies_and_most_is_shown(
    means: ModuleType, pairs: ModuleType
) -> None:
    naively = large = kept = 0
    for seed in range(COMPANIES):
        drawn = memberships(seed)
        behind = ties_of(drawn, seed)
        hidden, of_pairs = withheld(means, pairs, drawn, behind)
        assert given_away(drawn, behind, hidden, of_pairs) == {}, seed
        enough = {p for p in behind if min(len(behind[p]), len(behind[p[::-1]])) >= LEAST}
        large += len(enough)
        kept += len(enough - of_pairs)
        apart, _ = withheld(means, pairs, drawn, behind, beside_ties=False)
        small = set(behind) - enough
        naively += bool(given_away(drawn, behind, apart, small))
    # Of companies many of which have departments of a few people, and hardly any ties.
    assert kept > 0.5 * large
    # What this is for: the means and the small pairs alone give somebody away in most.
    assert naively > 0.5 * COMPANIES
