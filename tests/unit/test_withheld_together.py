"""What the metrics of a week say of each other: what is withheld of them, and what the audit sees.

`TACIT_DISCLOSURE_COMPANIES=1000 pytest tests/unit/test_withheld_together.py` draws so many
companies.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from dagster_pipelines.disclosure.together import BALANCED, TOLD, TWICE, UNBALANCED, revealed
from dagster_pipelines.disclosure.week import Week
from dbt_project.withholding import COLUMNS, cells, withheld_cells
from tests.harness.memberships import NOBODY, TYPES, memberships

COMPANIES = int(os.environ.get("TACIT_DISCLOSURE_COMPANIES", "30"))
LEAST = 5
WEEK = date(2026, 3, 2)

COUNTS = {
    "people": "people",
    "measured_people": "measured_people",
    "newcomer_share": "tenure_known_people",
    "network_size": "network_size_people",
    "cross_team_contacts": "cross_team_contacts_people",
    "cross_department_contacts": "cross_department_contacts_people",
    "lifting_interactions": "lifting_interactions_people",
    "lifting_beyond_manager": "lifting_beyond_manager_people",
    "coaching_given": "coaching_given_people",
}
"""The metrics, and who counts in them."""

Cell = tuple[str, str]


@dataclass(frozen=True)
class People:
    """The people of a week.

    Attributes
    ----------
    names
        For each of TYPES in what segment each is, None where that is not known.
    counted
        For each metric who counts in it; everybody where it is not there.
    has
        For each metric what each has, 0 where it is not there.
    """

    names: dict[str, list[str | None]]
    counted: dict[str, np.ndarray]
    has: dict[str, np.ndarray]

    @classmethod
    def of(cls, *groups: tuple[int, dict[str, str]]) -> People:
        """So many who are each in the named segments."""
        names = {
            type_: [cells.get(type_) for people, cells in groups for _ in range(people)]
            for type_ in TYPES
        }
        return cls(names, {}, {})

    @classmethod
    def drawn(cls, seed: int) -> People:
        """Draw a company in which some receive from others, and meet those of other teams."""
        rng = np.random.default_rng([seed, 2])
        drawn = memberships(seed)
        if rng.random() < 0.5:
            # Some departments are one team.
            alike = rng.random(drawn[1].max() + 2) < 0.5
            drawn[0] = np.where(alike[drawn[1]], 1000 + drawn[1], drawn[0])
        count = drawn.shape[1]
        measured = rng.random(count) < rng.choice([0.95, 0.98, 1.0])
        received, given, by_manager = np.zeros((3, count))
        for one, other in rng.integers(0, count, (count * 2, 2)):
            received[one] += one > other
            given[other] += one > other
            by_manager[one] += one > other and rng.random() < 0.3
        by_manager *= rng.random() < 0.5
        contacts = rng.integers(0, 8, count)
        in_department = np.where(drawn[0] >= 1000, 0, rng.integers(0, 8, count))
        names = {
            type_: [None if cell == NOBODY else f"{cell:04}" for cell in row]
            for type_, row in zip(TYPES, drawn.tolist(), strict=True)
        }
        bands = ["under_26_weeks", "26_to_103_weeks", "104_weeks_and_over", None]
        names["tenure_band"] = [bands[cell] for cell in drawn[TYPES.index("tenure_band")]]
        has_above = measured & (rng.random(count) < rng.choice([0.9, 1.0]))
        counted = {metric: measured for metric in COUNTS if metric != "people"}
        counted["newcomer_share"] = np.array([band is not None for band in names["tenure_band"]])
        for metric in ("lifting_interactions", "lifting_beyond_manager"):
            counted[metric] = has_above
        for metric, type_ in (("cross_team_contacts", 0), ("cross_department_contacts", 1)):
            counted[metric] = measured & (drawn[type_] != NOBODY)
        has = {
            "cross_department_contacts": contacts,
            "cross_team_contacts": contacts + in_department,
            "lifting_interactions": received,
            "lifting_beyond_manager": received - by_manager,
            "coaching_given": given,
        }
        return cls(names, counted, has)

    @property
    def count(self) -> int:
        return len(self.names["team"])

    def counts(self, metric: str) -> np.ndarray:
        return self.counted.get(metric, np.ones(self.count, dtype=bool))

    def numbers(self, metric: str) -> np.ndarray:
        return self.has.get(metric, np.zeros(self.count)).astype(float)

    @property
    def members(self) -> dict[str, pa.Array]:
        return {type_: pa.array(names, pa.string()) for type_, names in self.names.items()}

    def withheld(self, exposed: set[tuple[str, str, str]] = frozenset()) -> dict[str, set[Cell]]:
        """Return for each metric the cells that are withheld; type, name and metric of exposed."""
        fields = {
            "counts_in": {count: self.counts(metric) for metric, count in COUNTS.items()},
            "has": {count: self.numbers(metric) for metric, count in COUNTS.items()},
        }
        people = pa.table(
            {
                "period_start": pa.array([WEEK] * self.count, pa.date32()),
                **self.members,
                **{
                    name: pa.StructArray.from_arrays(map(pa.array, of.values()), [*of])
                    for name, of in fields.items()
                },
            }
        )
        rows = [(type_, name, COUNTS[metric], WEEK) for type_, name, metric in sorted(exposed)]
        columns = zip(*rows, strict=True) if rows else [[], [], [], []]
        arrays = [pa.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
        exposed = pa.Table.from_arrays(arrays, schema=COLUMNS)
        found = defaultdict(set)
        for row in withheld_cells(people, exposed, LEAST).to_pylist():
            found[row["rests_on"]].add((row["segment_type"], row["segment_value"]))
        return {metric: found[count] for metric, count in COUNTS.items()}

    def audited(self, withheld: dict[str, set[Cell]]) -> list[str]:
        """Return what the audit says where these are withheld, and everything else is shown."""
        members = pa.table({**self.members, "organisation": pa.array(["all"] * self.count)})
        cells = []
        for metric in COUNTS:
            counts = self.counts(metric)
            for type_ in members.column_names:
                column = members.column(type_).combine_chunks()
                sizes = column.filter(pa.array(counts)).drop_null().value_counts().to_pylist()
                people = {size["values"]: size["counts"] for size in sizes}
                for name in column.unique().drop_null().to_pylist():
                    is_withheld = (type_, name) in withheld[metric]
                    rests_on = None if is_withheld else people.get(name, 0)
                    statistic = "count" if metric.endswith("people") else "mean"
                    cells.append((type_, name, metric, statistic, rests_on, is_withheld))
        fields = [
            pa.StructArray.from_arrays(
                [pa.array(of_metric(metric)) for metric in COUNTS], [*COUNTS]
            )
            for of_metric in (self.counts, self.numbers)
        ]
        people = members.append_column("person_id", pa.array(range(self.count), pa.int64()))
        for name, column in zip(("counts_in", "numbers"), fields, strict=True):
            people = people.append_column(name, column)
        return [*revealed(Week.of(WEEK, people, cells), cells, LEAST)]


def teams(**sizes: int) -> People:
    return People.of(*((people, {"team": name}) for name, people in sizes.items()))


def none_withheld() -> dict[str, set[Cell]]:
    return {metric: set() for metric in COUNTS}


ORGANISATION = ("organisation", "all")
A, B, C = (("team", name) for name in "ABC")


def test_another_sibling_would_say_how_many_a_small_team_are() -> None:
    # Of all people B hides A; of the measured, of whom C has fewer, C alone would.
    people = teams(A=4, B=7, C=8)
    measured = np.arange(people.count) < people.count - 2
    people.counted.update({metric: measured for metric in COUNTS if metric != "people"})
    people.counted["newcomer_share"] = ~np.zeros(people.count, dtype=bool)
    withheld = people.withheld()
    assert withheld["people"] == withheld["newcomer_share"] == {A, B}
    assert all(cells == {A, B} for cells in withheld.values())
    assert people.audited(withheld) == []
    apart = {**withheld, "network_size": {A, C}}
    assert people.audited(apart) == [f"network_size (mean), 1 times: {TOLD}"]


def test_how_many_are_measured_is_not_said_by_what_these_have() -> None:
    people = teams(A=9, B=9, C=20)
    measured = np.arange(people.count) >= 5
    people.counted.update({metric: measured for metric in COUNTS if metric != "people"})
    people.counted["newcomer_share"] = ~np.zeros(people.count, dtype=bool)
    withheld = people.withheld()
    assert withheld["people"] == withheld["newcomer_share"] == set()
    assert withheld["measured_people"] == withheld["network_size"] == {A, B}
    assert people.audited({**withheld, "network_size": {A, C}}) == [
        f"network_size (mean), 1 times: {TOLD}"
    ]
    # Of all people, and of those of known tenure, as many are shown as there are.
    assert people.audited({**withheld, "newcomer_share": set()}) == []


def test_the_share_of_newcomers_does_not_say_how_many_a_few_are() -> None:
    few = People.of(
        *((4, {"team": "A", "tenure_band": "under_26_weeks"}), (5, {"team": "A"})),
        (20, {"team": "B", "tenure_band": "104_weeks_and_over"}),
        (9, {"team": "B", "tenure_band": "26_to_103_weeks"}),
    )
    withheld = few.withheld()
    assert ("tenure_band", "under_26_weeks") in withheld["people"]
    assert ORGANISATION not in withheld["people"]
    assert ORGANISATION in withheld["newcomer_share"]
    enough = People.of((6, {"tenure_band": "under_26_weeks"}), (9, {}))
    assert ORGANISATION not in enough.withheld()["newcomer_share"]


@pytest.mark.parametrize(("newly", "is_withheld"), [(0, False), (1, True), (4, True), (5, False)])
def test_what_all_give_less_what_all_receive_is_not_what_a_few_received(
    newly: int, *, is_withheld: bool
) -> None:
    people = teams(A=10, B=12, C=20)
    measured = np.arange(people.count) >= newly
    people.counted.update({"lifting_interactions": measured, "lifting_beyond_manager": measured})
    people.counted["coaching_given"] = measured
    people.has["lifting_interactions"] = np.where(np.arange(people.count) < 10, 4, 0)
    people.has["lifting_beyond_manager"] = people.has["lifting_interactions"]
    people.has["coaching_given"] = np.where(np.arange(people.count) >= 22, 2, 0)
    withheld = people.withheld()
    assert (ORGANISATION in withheld["coaching_given"]) == is_withheld
    assert withheld["lifting_interactions"] == set()
    assert people.audited(withheld) == []
    together = f"lifting_interactions and coaching_given: {UNBALANCED}"
    assert people.audited(none_withheld()) == [together] * is_withheld
    # The organisation's follows from its teams.
    of_teams = {**none_withheld(), "coaching_given": {ORGANISATION}}
    assert people.audited(of_teams) == [together] * is_withheld


def test_what_all_receive_is_what_all_give() -> None:
    people = teams(A=10, B=12, C=20)
    people.has["lifting_interactions"] = np.where(np.arange(people.count) < 10, 4, 0)
    people.has["coaching_given"] = np.where(np.arange(people.count) >= 22, 2, 0)
    for exposed, other in (
        ("lifting_interactions", "coaching_given"),
        ("coaching_given", "lifting_interactions"),
    ):
        withheld = people.withheld({(*ORGANISATION, exposed)})
        assert ORGANISATION in withheld[exposed] & withheld[other]
        assert withheld[other] - {ORGANISATION}
        assert people.audited(withheld) == []
        one_alone = {**withheld, other: set()}
        assert f"lifting_interactions and coaching_given: {BALANCED}" in people.audited(one_alone)


def test_a_department_of_one_team_has_one_number_of_contacts_in_others() -> None:
    people = People.of(
        *((9, {"team": name, "department": name}) for name in "AB"),
        *((9, {"team": name, "department": "C"}) for name in "CD"),
    )
    people.has["cross_department_contacts"] = np.arange(36) % 5
    people.has["cross_team_contacts"] = np.arange(36) % 5 + (np.arange(36) >= 18)
    withheld = people.withheld({("department", "A", "cross_department_contacts")})
    assert {("department", "A"), A} <= withheld["cross_team_contacts"]
    assert people.audited(withheld) == []
    apart = {**none_withheld(), "cross_department_contacts": {("department", "A")}}
    assert people.audited(apart) == [
        f"cross_department_contacts and cross_team_contacts, 1 times: {TWICE}"
    ]
    # In C somebody has contacts in its other team.
    apart["cross_department_contacts"] = {("department", "C")}
    assert people.audited(apart) == []


def test_nothing_is_revealed_of_random_companies(monkeypatch: pytest.MonkeyPatch) -> None:
    naively = 0
    for seed in range(COMPANIES):
        people = People.drawn(seed)
        assert people.audited(people.withheld()) == [], seed
        with monkeypatch.context() as apart:
            apart.setattr(cells, "withhold_together", lambda *_, **__: {})
            naively += bool(people.audited(people.withheld()))
    # What this is for: each metric by itself says something of another in most.
    assert naively > 0.5 * COMPANIES
