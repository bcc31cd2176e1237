"""Betweenness, PageRank and communities, held against networkx (docs/metrics.md, section 4)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import date
from types import ModuleType

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from dagster_pipelines.sqlfiles import repository

MODEL = "dbt_project/models/intermediate/int_person_centralities.py"
WEEK = date(2026, 3, 23)
EXACT = {"abs": 1e-9, "rel": 0}


@pytest.fixture(scope="module")
def model() -> ModuleType:
    spec = importlib.util.spec_from_file_location("int_person_centralities", repository() / MODEL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tables(*networks: tuple[date, nx.Graph]) -> tuple[pa.Table, pa.Table]:
    """The nodes and edges of networks as the models before have them, in no order."""
    nodes, edges = [], []
    for week, network in networks:
        numbers = {name: number for number, name in enumerate(sorted(network))}
        nodes.extend(
            {"week_start": week, "node": number, "person_id": 100 + number}
            for number in reversed(numbers.values())
        )
        edges.extend(
            {"week_start": week, "lower_node": numbers[a], "upper_node": numbers[b]}
            for a, b in network.edges
        )
    kinds = [("week_start", pa.date32()), ("lower_node", pa.int32()), ("upper_node", pa.int32())]
    return pa.Table.from_pylist(nodes), pa.Table.from_pylist(edges, schema=pa.schema(kinds))


def found(model: ModuleType, network: nx.Graph) -> dict[str, list]:
    """The columns that the model gives of one network, in order of its nodes' names."""
    rows = model.centralities(*tables((WEEK, network))).sort_by("person_id")
    assert rows.column("person_id").to_pylist() == [100 + one for one in range(len(network))]
    return rows.to_pydict()


def published() -> Iterator[tuple[str, nx.Graph]]:
    """Small networks that networkx ships, by name; nodes are numbers."""
    for make in (
        nx.karate_club_graph,
        nx.davis_southern_women_graph,
        nx.florentine_families_graph,
        nx.les_miserables_graph,
        nx.krackhardt_kite_graph,
        nx.petersen_graph,
    ):
        yield make.__name__, nx.Graph(nx.convert_node_labels_to_integers(make()).edges)


def made_up() -> Iterator[tuple[str, nx.Graph]]:
    """Networks with people who are alone, of several parts, without ties, of one and two people."""
    for seed in range(20):
        yield f"random {seed}", nx.gnp_random_graph(5 + 4 * seed, 0.02 * (1 + seed % 5), seed=seed)
    for seed in range(5):
        yield f"parts {seed}", nx.planted_partition_graph(6, 15, 0.4, 0.02, seed=seed)
    yield "nobody tied", nx.empty_graph(7)
    yield "one", nx.empty_graph(1)
    yield "two", nx.path_graph(2)
    yield "two alone", nx.empty_graph(2)
    yield "path and others", nx.disjoint_union(nx.path_graph(6), nx.empty_graph(4))


NETWORKS = dict([*published(), *made_up()])


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_betweenness_and_pagerank_are_those_of_networkx(
    model: ModuleType, network: nx.Graph
) -> None:
    columns = found(model, network)
    expected = nx.betweenness_centrality(network, normalized=True)
    assert columns["betweenness"] == pytest.approx([expected[n] for n in sorted(network)], **EXACT)
    assert columns["is_estimated"] == [False] * len(network)
    expected = nx.pagerank(network, alpha=0.85, tol=1e-12, max_iter=10_000)
    assert columns["pagerank"] == pytest.approx([expected[n] for n in sorted(network)], **EXACT)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_communities_part_the_network_as_well_as_those_of_networkx(
    model: ModuleType, network: nx.Graph
) -> None:
    communities: dict[int, set[int]] = {}
    for node, number in enumerate(found(model, network)["community"]):
        communities.setdefault(number, set()).add(node)
    assert sorted(communities) == list(range(1, 1 + len(communities)))
    # Numbered by their first member; who is alone is a community.
    assert [*map(min, communities.values())] == sorted(map(min, communities.values()))
    assert all({node} in communities.values() for node in nx.isolates(network))
    if not network.size():
        return
    theirs = max(
        nx.community.modularity(network, nx.community.louvain_communities(network, seed=seed))
        for seed in range(20)
    )
    assert nx.community.modularity(network, communities.values()) >= theirs - 0.005


def test_weeks_are_networks_of_their_own(model: ModuleType) -> None:
    april = date(2026, 4, 20)
    rows = model.centralities(*tables((WEEK, nx.path_graph(3)), (april, nx.path_graph(4))))
    betweenness = {
        week: [
            row["betweenness"]
            for row in rows.sort_by("person_id").to_pylist()
            if row["week_start"] == week
        ]
        for week in (WEEK, april)
    }
    assert betweenness[WEEK] == pytest.approx([0, 1, 0])
    assert betweenness[april] == pytest.approx([0, 2 / 3, 2 / 3, 0])


def test_the_same_network_gives_the_same_digits_in_whatever_order_it_comes(
    model: ModuleType,
) -> None:
    nodes, edges = tables((WEEK, nx.gnp_random_graph(120, 0.05, seed=3)))
    swapped = edges.rename_columns(["week_start", "upper_node", "lower_node"])
    others = [
        (nodes.take(np.random.default_rng(seed).permutation(len(nodes))), table)
        for seed, table in ((1, edges.take([*range(len(edges))][::-1])), (2, swapped))
    ]
    once = model.centralities(nodes, edges).sort_by("person_id")
    for other in others:
        assert model.centralities(*other).sort_by("person_id") == once


def test_no_network_has_no_rows(model: ModuleType) -> None:
    nodes, edges = tables((WEEK, nx.path_graph(3)))
    rows = model.centralities(nodes.slice(0, 0), edges.slice(0, 0))
    assert len(rows) == 0
    assert rows.schema == model.COLUMNS


def test_above_a_number_of_people_betweenness_is_estimated_close_to_what_it_is(
    model: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = nx.connected_watts_strogatz_graph(1_500, 8, 0.2, seed=5)
    exact = np.array(found(model, network)["betweenness"])
    monkeypatch.setattr(model, "EXACT_UP_TO", 1_000)
    columns = found(model, network)
    assert set(columns["is_estimated"]) == {True}
    estimate = np.array(columns["betweenness"])
    assert estimate.mean() == pytest.approx(exact.mean(), rel=0.05)
    assert np.corrcoef(estimate, exact)[0, 1] > 0.95
    assert found(model, network)["betweenness"] == columns["betweenness"]
