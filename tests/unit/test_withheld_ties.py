"""Which ties and means of departments are withheld so that neither follows from the other.

`TACIT_DISCLOSURE_COMPANIES=1000 pytest tests/unit/test_withheld_ties.py` draws so many companies.
"""

from __future__ import annotations

import importlib.util
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from dagster_pipelines.disclosure.attacks import Problem
from dagster_pipelines.disclosure.pairs import revealed as revealed_by_pairs
from dagster_pipelines.disclosure.ties import Departments, Matrix, known_anyway, revealed
from dagster_pipelines.sqlfiles import repository
from dbt_project.withholding import COLUMNS, Passing, withheld_cells
from tests.harness.memberships import NOBODY, TYPES, memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "40"))
LEAST = 5
WEEK = date(2026, 3, 2)
EVERYBODY, OUTSIDE = "network_size_people", "cross_department_contacts_people"
OTHER_TEAMS = "cross_team_contacts_people"
DEPARTMENT = TYPES.index("department")

Pair = tuple[str, str]


@pytest.fixture(scope="module")
def pairs() -> ModuleType:
    path = repository() / "dbt_project/models/disclosure/withheld_pair_cells.py"
    spec = importlib.util.spec_from_file_location("withheld_pair_cells", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Company:
    """People, their ties, and who of them counts in means.

    Attributes
    ----------
    drawn
        The cells of people, of shape (TYPES, people).
    is_measured
        Who counts in means.
    contacts, outside, elsewhere
        With how many people somebody has ties, with how many of other departments, and with how
        many of other teams.
    behind
        For each pair of departments who of the first has a tie with the second.
    empty
        The pairs of departments between whom something passes, but no tie.
    """

    drawn: np.ndarray
    is_measured: np.ndarray
    contacts: np.ndarray
    outside: np.ndarray
    elsewhere: np.ndarray
    behind: dict[Pair, set[int]]
    empty: set[Pair]

    @classmethod
    def of(cls, seed: int) -> Company:
        """Draw a company."""
        rng = np.random.default_rng([seed, 1])
        drawn = memberships(seed)
        department = drawn[DEPARTMENT]
        openness = rng.choice([0.0, 0.05, 0.2, 0.6], department.max() + 1)
        ties = set()
        for person in np.flatnonzero(department != NOBODY).tolist():
            own = department[person]
            is_open = rng.random() < openness[own]
            others = np.flatnonzero((department != NOBODY) & (is_open | (department == own)))
            count = min(len(others), rng.integers(0, 4))
            some = rng.choice(others, count, replace=False).tolist()
            ties |= {frozenset((person, other)) for other in some if other != person}
        # In some companies a department is one team.
        team = department if rng.random() < 0.3 else drawn[TYPES.index("team")]
        drawn[TYPES.index("team")] = team
        contacts, outside, elsewhere = np.zeros((3, len(department)), dtype=np.int64)
        behind: dict[Pair, set[int]] = defaultdict(set)
        for one, other in (order for tie in ties for order in permutations(tie)):
            contacts[one] += 1
            outside[one] += department[one] != department[other]
            elsewhere[one] += team[one] != team[other] and NOBODY not in (team[one], team[other])
            behind[f"{department[one]:03}", f"{department[other]:03}"].add(one)
        is_measured = rng.random(len(department)) < rng.choice([0.95, 1.0])
        names = [f"{one:03}" for one in range(department.max() + 1)]
        share = rng.choice([0.0, 0.5, 1.0])
        without = [(a, b) for a in names for b in names if a <= b and (a, b) not in behind]
        some = [pair for pair in without if rng.random() < share]
        empty = {order for a, b in some for order in ((a, b), (b, a))}
        return cls(drawn, is_measured, contacts, outside, elsewhere, dict(behind), empty)

    @property
    def counts(self) -> dict[str, np.ndarray]:
        """Who counts in both means."""
        is_known = self.drawn[DEPARTMENT] != NOBODY
        return {EVERYBODY: self.is_measured, OUTSIDE: self.is_measured & is_known}

    @property
    def departments(self) -> Departments:
        """The departments as the audit has them."""
        place = self.drawn[DEPARTMENT]

        def others(people: np.ndarray) -> dict[str, int]:
            return Counter(f"{at:03}" for at in place[people & (place != NOBODY)].tolist())

        return Departments(
            [f"{at:03}" for at in range(place.max() + 1)],
            others((self.outside > 0) & ~self.is_measured),
            others((self.contacts > self.outside) & ~self.is_measured),
            everybody_has_one=bool((place != NOBODY).all()),
            least=LEAST,
        )

    @property
    def people(self) -> pa.Table:
        """People as the models have them; names of cells are in the order of their numbers."""
        names = {
            type_: [None if cell == NOBODY else f"{cell:03}" for cell in row]
            for type_, row in zip(TYPES, self.drawn.tolist(), strict=True)
        }
        numbers = {
            EVERYBODY: self.contacts.astype(float),
            OUTSIDE: self.outside.astype(float),
            OTHER_TEAMS: self.elsewhere.astype(float),
        }
        has_team = self.drawn[TYPES.index("team")] != NOBODY
        counts = {
            "people": np.ones(len(has_team), dtype=bool),
            "measured_people": self.is_measured,
            OTHER_TEAMS: self.is_measured & has_team,
            **self.counts,
        }
        return pa.table(
            {
                "period_start": pa.array([WEEK] * self.drawn.shape[1], pa.date32()),
                **{type_: pa.array(of_type, pa.string()) for type_, of_type in names.items()},
                "counts_in": pa.StructArray.from_arrays(
                    [pa.array(flags) for flags in counts.values()], [*counts]
                ),
                "has": pa.StructArray.from_arrays(
                    [pa.array(of_people) for of_people in numbers.values()], [*numbers]
                ),
            }
        )


def withheld(
    pairs: ModuleType, company: Company, *, beside_ties: bool = True
) -> tuple[dict[str, set[tuple[str, str]]], set[Pair]]:
    """Return the cells of segments that are withheld, by count of people, and the pairs."""
    counts = {pair: len(some) for pair, some in company.behind.items()}
    counts |= dict.fromkeys(company.empty, 0)
    figures = {(WEEK, "ties"): Passing(counts, company.behind, {})} if counts else {}
    nothing = COLUMNS.empty_table()
    people = company.people
    cells = withheld_cells(people, nothing, LEAST, figures if beside_ties else None)
    of_week = cells.rename_columns({"period_start": "week_start"})
    found = pairs.withheld_pairs(figures, people, of_week, LEAST).to_pylist()
    hidden = defaultdict(set)
    for cell in cells.to_pylist():
        hidden[cell["rests_on"]].add((cell["segment_type"], cell["segment_value"]))
    return hidden, {(row["from_department"], row["to_department"]) for row in found}


def given_away(
    company: Company, hidden: dict[str, set[tuple[str, str]]], pairs: set[Pair]
) -> dict[str, int]:
    problems = []
    drawn, departments = company.drawn, company.departments
    for rests_on in (EVERYBODY, OUTSIDE):
        flags = [
            np.array(
                [(type_, f"{cell:03}") not in hidden[rests_on] for cell in range(row.max() + 1)]
            )
            for type_, row in zip(TYPES, drawn, strict=True)
        ]
        flags.append(np.array([("organisation", "all") not in hidden[rests_on]]))
        cells = np.vstack([drawn, np.zeros((1, drawn.shape[1]), dtype=np.int64)])
        problems.append(Problem(cells[:, company.counts[rests_on]], flags, LEAST))
    is_withheld = {pair: pair in pairs for pair in {*company.behind, *company.empty}}
    matrix = Matrix(is_withheld, company.empty)
    between = {pair: flag for pair, flag in is_withheld.items() if pair[0] != pair[1]}
    found = revealed((problems[0], problems[1]), DEPARTMENT, departments, matrix)
    anyway = known_anyway(departments, matrix)
    inexact = departments.others_outside.keys() | departments.others_within.keys()
    for rests_on, of_pairs, settled in zip(
        (EVERYBODY, OUTSIDE), (is_withheld, between), anyway, strict=True
    ):
        known = {one for one in departments.names if ("department", one) not in hidden[rests_on]}
        found |= revealed_by_pairs(of_pairs, company.behind, known - settled - inexact, LEAST)
    return found


def test_nothing_is_revealed_of_random_companies_and_most_is_shown(pairs: ModuleType) -> None:
    naively = large = kept = 0
    for seed in range(COMPANIES):
        company = Company.of(seed)
        behind = company.behind
        hidden, of_pairs = withheld(pairs, company)
        assert company.empty <= of_pairs
        assert given_away(company, hidden, of_pairs) == {}, seed
        enough = {p for p in behind if min(len(behind[p]), len(behind[p[::-1]])) >= LEAST}
        large += len(enough)
        kept += len(enough - of_pairs)
        apart, _ = withheld(pairs, company, beside_ties=False)
        small = {*behind, *company.empty} - enough
        naively += bool(given_away(company, apart, small))
    # Of companies many of which have departments of a few people, and hardly any ties.
    assert kept > 0.3 * large
    # What this is for: the means and the small pairs alone give somebody away in most.
    assert naively > 0.5 * COMPANIES
