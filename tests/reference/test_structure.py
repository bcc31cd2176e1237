"""docs/metrics.md, section 4, against graphs worked by hand and published figures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

import networkx as nx
import numpy as np
import pytest

from tests.reference.model import Reading, RosterRow, Row
from tests.reference.real_data import data_folder, krackhardt
from tests.reference.story import event, people, read, some

MARCH = (date(2026, 3, 2), date(2026, 3, 29))
"""The four weeks that end with the last Sunday of a month."""

LAST_WEEK = date(2026, 3, 23)

TRIANGLE_WITH_TAIL = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]

TWO_TRIANGLES = [
    ("a", "b"),
    ("a", "c"),
    ("b", "c"),
    ("c", "d"),
    ("d", "e"),
    ("d", "f"),
    ("e", "f"),
]


def read_graph(roster: list[RosterRow], edges: Iterable[tuple[str, str]]) -> Reading:
    """A company in which these are the ties, each of two events."""
    events = [event(*edge, channel="pair", on=LAST_WEEK) for edge in edges for _ in range(2)]
    return read(roster, events, coverage=MARCH, interaction_profile="every_contact")


def read_known(graph: nx.Graph) -> tuple[dict[str, Row], Row]:
    """The rows of a published graph: of its nodes by name, and of the whole."""
    names = {node: f"{number:02d}" for number, node in enumerate(graph)}
    edges = [(names[a], names[b]) for a, b in graph.edges()]
    reading = read_graph(people(*names.values()), edges)
    by_name = {row["person_id"]: row for row in reading.person_structure}
    [whole] = reading.org_structure
    return {str(node): by_name[name] for node, name in names.items()}, whole


# Which weeks


def test_only_the_last_week_of_a_month_with_its_window_in_the_coverage_has_a_structure() -> None:
    # The last Sundays are 22 February, whose window begins before the coverage, 29 March, and
    # 26 April, which lies after it.
    coverage = (date(2026, 2, 2), date(2026, 4, 19))
    reading = read(people("a"), [], coverage=coverage)
    assert [row["week_start"] for row in reading.org_structure] == [LAST_WEEK]
    assert [row["week_start"] for row in reading.person_structure] == [LAST_WEEK]
    short = read(people("a"), [], coverage=coverage, tie_window_weeks=3)
    assert [row["week_start"] for row in short.org_structure] == [date(2026, 2, 16), LAST_WEEK]


def test_a_week_without_anybody_has_no_structure() -> None:
    gone = [RosterRow("a", valid_to=LAST_WEEK)]
    assert not read(gone, [], coverage=MARCH).org_structure


# Worked by hand


def test_persons_of_a_triangle_with_a_tail_and_somebody_alone() -> None:
    reading = read_graph(people(*"abcde"), TRIANGLE_WITH_TAIL)
    rows = {row["person_id"]: row for row in reading.person_structure}
    names = ("degree", "burt_constraint", "effective_size", "clustering", "betweenness")
    expected = {
        "a": (2, 4 / 9 + 9 / 16, 1, 1, 0),
        "b": (2, 4 / 9 + 9 / 16, 1, 1, 0),
        "c": (3, 1 / 4 + 1 / 4 + 1 / 9, 3 - 2 / 3, 1 / 3, 2 / 6),
        "d": (1, 1, 1, None, 0),
        "e": (0, None, None, None, 0),
    }
    for person, cells in expected.items():
        assert some(rows[person], *names) == pytest.approx(cells, abs=1e-9)
    assert {name for name, row in rows.items() if row["is_isolate"]} == {"e"}
    assert rows["e"]["community"] == "e"
    assert not any(row["is_estimated"] for row in rows.values())


def test_pagerank_solves_its_equations() -> None:
    # From a walker's place follows the next: over a tie with 0.85, else, and always for whoever
    # has none, to anybody.
    walks = np.full((5, 5), 0.15 / 5)
    walks[4] = 1 / 5
    for source, targets in {0: (1, 2), 1: (0, 2), 2: (0, 1, 3), 3: (2,)}.items():
        walks[source, list(targets)] += 0.85 / len(targets)
    system = np.vstack([walks.T - np.eye(5), np.ones(5)])
    expected, *_ = np.linalg.lstsq(system, np.array([0, 0, 0, 0, 0, 1.0]), rcond=None)
    reading = read_graph(people(*"abcde"), TRIANGLE_WITH_TAIL)
    found = [row["pagerank"] for row in reading.person_structure]
    assert found == pytest.approx(expected, abs=1e-9)


def test_the_organisation_of_a_triangle_with_a_tail_and_somebody_alone() -> None:
    [row] = read_graph(people(*"abcde"), TRIANGLE_WITH_TAIL).org_structure
    names = ("people", "ties", "density", "components", "largest_component_share")
    assert some(row, *names) == (5, 4, 0.4, 2, 0.8)
    assert row["transitivity"] == pytest.approx(3 / 5)
    assert row["mean_clustering"] == pytest.approx((1 + 1 + 1 / 3) / 5)


def test_without_ties_there_are_no_modularities_and_everybody_is_a_community() -> None:
    [row] = read_graph(people(*"ab", department="X"), []).org_structure
    names = ("department_modularity", "department_ei_index", "community_modularity")
    assert some(row, *names) == (None, None, None)
    assert some(row, "community_count", "density", "transitivity", "mean_clustering") == (
        2,
        0,
        0,
        0,
    )
    [alone] = read_graph(people("a"), []).org_structure
    assert some(alone, "density", "components", "largest_component_share") == (None, 1, 1)


def test_communities_are_called_by_their_smallest_id() -> None:
    reading = read_graph(people(*"abcdefg"), TWO_TRIANGLES)
    communities = [row["community"] for row in reading.person_structure]
    assert communities == ["a", "a", "a", "d", "d", "d", "g"]
    [row] = reading.org_structure
    # Each triangle has 3 of 7 ties inside and half of the ends: 2 (3/7 - 1/4).
    assert row["community_modularity"] == pytest.approx(5 / 14)
    assert row["community_count"] == 3


def test_departments_are_of_the_people_and_ties_whose_department_is_known() -> None:
    roster = [*people(*"abc", department="X"), *people(*"def", department="Y"), *people("g")]
    [row] = read_graph(roster, [*TWO_TRIANGLES, ("a", "g"), ("d", "g")]).org_structure
    assert row["department_modularity"] == pytest.approx(5 / 14)
    assert row["department_ei_index"] == pytest.approx((1 - 6) / 7)
    [unknown] = read_graph(people(*"ab"), [("a", "b")]).org_structure
    assert some(unknown, "department_modularity", "department_ei_index") == (None, None)


# Published


def test_zacharys_karate_club_is_as_published() -> None:
    rows, whole = read_known(nx.karate_club_graph())
    assert some(whole, "people", "ties") == (34, 78)
    assert whole["density"] == pytest.approx(0.1390, abs=5e-5)
    assert whole["transitivity"] == pytest.approx(0.2557, abs=5e-5)
    assert whole["mean_clustering"] == pytest.approx(0.5706, abs=5e-5)
    assert rows["0"]["betweenness"] == pytest.approx(0.4376, abs=5e-5)
    assert rows["33"]["betweenness"] == pytest.approx(0.3041, abs=5e-5)
    # Brandes et al., On Modularity Clustering (2008): 0.4198 in 4 communities is the maximum.
    assert whole["community_modularity"] == pytest.approx(0.4198, abs=5e-5)
    assert whole["community_count"] == 4


def test_the_florentine_families_are_as_published() -> None:
    # Padgett's marriages without the Pucci; betweenness after Wasserman and Faust (1994).
    rows, _ = read_known(nx.florentine_families_graph())
    published = {"Medici": 0.522, "Guadagni": 0.255, "Strozzi": 0.103, "Pazzi": 0.0}
    found = {name: rows[name]["betweenness"] for name in published}
    assert found == pytest.approx(published, abs=5e-4)


def test_davis_southern_women_have_newmans_weights() -> None:
    graph = nx.davis_southern_women_graph()
    women, evenings = graph.graph["top"], graph.graph["bottom"]
    events = [
        event(*graph[evening], channel="learning_session", on=LAST_WEEK) for evening in evenings
    ]
    reading = read(
        people(*women),
        events,
        coverage=MARCH,
        interaction_profile="every_contact",
        tie_min_interactions=1,
    )
    found = {
        (row["person_a"], row["person_b"]): row["newman_weight"]
        for row in reading.ties
        if row["week_start"] == LAST_WEEK
    }
    assert found["Evelyn Jefferson", "Laura Mandeville"] == pytest.approx(1.562637, abs=5e-7)
    projected = nx.bipartite.collaboration_weighted_projected_graph(graph, women)
    weights = {tuple(sorted(pair)): weight for *pair, weight in projected.edges(data="weight")}
    assert found == pytest.approx(weights, abs=1e-9)


@pytest.mark.real_data
@pytest.mark.skipif(
    data_folder("krackhardt_managers") is None,
    reason="Krackhardt's managers are not beside the repository.",
)
def test_krackhardts_managers_have_the_structure_that_networkx_found() -> None:
    reading = krackhardt().reading
    folder = data_folder("krackhardt_managers")
    assert folder is not None
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for row in reading.person_structure:
        figures = expected["people"][row["person_id"]]
        published = (figures[name] for name in ("constraint", "effective_size", "clustering"))
        names = ("burt_constraint", "effective_size", "clustering")
        assert some(row, *names) == pytest.approx(tuple(published), abs=1e-9)
    [whole] = reading.org_structure
    assert some(whole, "people", "ties") == (21, expected["global"]["dyads_any"])
    names = ("density", "transitivity", "department_ei_index")
    published = ("density_undirected", "transitivity_undirected", "ei_dyads")
    assert some(whole, *names) == pytest.approx(some(expected["global"], *published), abs=1e-9)
