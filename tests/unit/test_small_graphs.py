"""The graphs that networkx ships, as companies: the marts have what networkx says of them.

networkx looks at the graph itself, the SQL at events from which the same graph follows.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from inspect import Parameter, signature

import networkx as nx
import pytest
from networkx.algorithms.bipartite import collaboration_weighted_projected_graph
from networkx.generators import small, social

from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.comparison import build, differences
from tests.harness.warehouse import Row, Warehouse, shared_warehouse
from tests.reference.model import Parameters
from tests.reference.real_data import data_folder

MARCH = (date(2026, 3, 2), date(2026, 3, 29))
"""The four weeks that end with the last Sunday of a month."""

NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)
EXACT = {"abs": 1e-9, "rel": 0}
SEEDS = range(20)


def shipped() -> list[pytest.ParameterSet]:
    """The small and the social graphs that networkx ships, undirected and unweighted."""
    graphs = []
    for module in (social, small):
        for name in module.__all__:
            make = getattr(module, name)
            # What asks for something is not one graph.
            if not any(map(must_be_given, signature(make).parameters.values())):
                edges = make().edges()
                graphs.append(pytest.param(nx.Graph(edges), id=name.removesuffix("_graph")))
    return graphs


def must_be_given(parameter: Parameter) -> bool:
    """Whether a function cannot be called without this."""
    has_many = parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return not has_many and parameter.default is Parameter.empty


def name_of(node: object) -> str:
    """What somebody is called who is a node of a graph."""
    return f"node {node}"


def company_of(graph: nx.Graph) -> Company:
    """A company in which the edges of a graph are the ties of the month's last week."""
    return Company(
        roster=tuple(RosterRecord(name_of(node)) for node in graph),
        interactions=tuple(
            InteractionRecord(f"event {number}", "pair", name_of(a), name_of(b), NOON)
            for number, (a, b) in enumerate(graph.edges())
        ),
        parameters=Parameters(
            interaction_profile="every_contact", tie_min_interactions=1, coverage=MARCH
        ),
    )


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return shared_warehouse()


@pytest.fixture(scope="module", params=shipped())
def shown(
    request: pytest.FixtureRequest, warehouse: Warehouse
) -> tuple[nx.Graph, dict[str, list[Row]]]:
    """A graph and its marts."""
    return request.param, build(warehouse, company_of(request.param))


def test_the_structure_of_a_graph_is_what_networkx_says_of_it(
    shown: tuple[nx.Graph, dict[str, list[Row]]],
) -> None:
    graph, marts = shown
    rows = {row["person_id"]: row for row in marts["fct_person_structure"]}
    assert rows.keys() == {name_of(node) for node in graph}
    figures = {
        "degree": dict(graph.degree()),
        "burt_constraint": nx.constraint(graph),
        "effective_size": nx.effective_size(graph),
        "betweenness": nx.betweenness_centrality(graph),
        "pagerank": nx.pagerank(graph, alpha=0.85, tol=1e-13, max_iter=10_000),
    }
    for column, expected in figures.items():
        found = [rows[name_of(node)][column] for node in graph]
        assert found == pytest.approx([expected[node] for node in graph], **EXACT), column
    clustering = {
        node: value if graph.degree(node) > 1 else None
        for node, value in nx.clustering(graph).items()
    }
    for node, expected in clustering.items():
        found = rows[name_of(node)]["clustering"]
        assert found == (None if expected is None else pytest.approx(expected, **EXACT))
    [whole] = marts["fct_org_structure"]
    assert whole["ties"] == graph.number_of_edges()
    assert whole["components"] == nx.number_connected_components(graph)
    assert whole["density"] == pytest.approx(nx.density(graph), **EXACT)
    assert whole["transitivity"] == pytest.approx(nx.transitivity(graph), **EXACT)
    assert whole["mean_clustering"] == pytest.approx(nx.average_clustering(graph), **EXACT)


def test_communities_of_a_graph_part_it_as_well_as_networkx_does(
    shown: tuple[nx.Graph, dict[str, list[Row]]],
) -> None:
    graph, marts = shown
    groups: dict[int, set[str]] = {}
    names = {name_of(node): node for node in graph}
    for row in marts["fct_person_structure"]:
        groups.setdefault(row["community"], set()).add(names[row["person_id"]])
    [whole] = marts["fct_org_structure"]
    ours = nx.community.modularity(graph, groups.values())
    assert whole["community_modularity"] == pytest.approx(ours, **EXACT)
    assert whole["community_count"] == len(groups)
    best = max(
        nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed))
        for seed in SEEDS
    )
    assert ours >= best - 0.005


@pytest.mark.parametrize(
    "graph",
    [nx.karate_club_graph(), nx.les_miserables_graph()],
    ids=["karate_club", "les_miserables"],
)
def test_every_cell_of_a_graph_is_as_the_plain_reading_has_it(
    warehouse: Warehouse, graph: nx.Graph
) -> None:
    assert differences(company_of(graph), warehouse) == []


# Davis's Southern women: who met whom at which of fourteen occasions


def southern_women() -> tuple[nx.Graph, list[str]]:
    """Who was where, and the women."""
    graph = nx.davis_southern_women_graph()
    return graph, graph.graph["top"]


def meetings() -> Company:
    """The occasions as meetings, each of all women who were there."""
    graph, women = southern_women()
    return Company(
        roster=tuple(RosterRecord(woman) for woman in women),
        interactions=tuple(
            InteractionRecord(occasion, "meeting", host, guest, NOON + timedelta(hours=hour))
            for hour, occasion in enumerate(graph.graph["bottom"])
            for host, *guests in [sorted(graph[occasion])]
            for guest in guests
        ),
        parameters=Parameters(
            interaction_profile="every_contact", tie_min_interactions=1, coverage=MARCH
        ),
    )


def test_newman_weights_of_the_southern_women_are_those_of_networkx(warehouse: Warehouse) -> None:
    graph, women = southern_women()
    projected = collaboration_weighted_projected_graph(graph, women)
    expected = {
        tuple(sorted(pair)): pytest.approx(weight, **EXACT)
        for *pair, weight in projected.edges(data="weight")
    }
    ties = weeks_ties(build(warehouse, meetings())["fct_ties"])
    assert {pair: row["newman_weight"] for pair, row in ties.items()} == expected
    # Newman (2001), as networkx's own documentation of these data has it.
    weight = ties["Evelyn Jefferson", "Laura Mandeville"]["newman_weight"]
    assert weight == pytest.approx(1.562637, abs=5e-7)


def test_every_cell_of_the_southern_women_is_as_the_plain_reading_has_it(
    warehouse: Warehouse,
) -> None:
    assert differences(meetings(), warehouse) == []


def weeks_ties(rows: list[Row]) -> dict[tuple[str, str], Row]:
    """The ties of the last week, by pair."""
    return {
        (row["person_a"], row["person_b"]): row
        for row in rows
        if row["week_start"] == NOON.date() - timedelta(days=NOON.weekday())
    }


# Krackhardt's managers, with published figures


@pytest.mark.real_data
def test_the_structure_of_krackhardts_managers_is_the_published_one(warehouse: Warehouse) -> None:
    folder = data_folder("krackhardt_managers")
    if folder is None:
        pytest.skip("the real data krackhardt_managers are not beside the checkout")
    published = json.loads((folder / "expected.json").read_text())
    with (folder / "people.csv").open() as people, (folder / "advice.csv").open() as advice:
        roster = tuple(
            RosterRecord(row["person"], row["manager"] or None, department=row["dept"])
            for row in csv.DictReader(people)
        )
        arcs = [tuple(row.values())[:2] for row in csv.DictReader(advice)]
    company = Company(
        roster=roster,
        interactions=tuple(InteractionRecord(f"{a} {b}", "pair", a, b, NOON) for a, b in arcs),
        parameters=company_of(nx.Graph()).parameters,
    )
    marts = build(warehouse, company)
    columns = {
        "burt_constraint": "constraint",
        "effective_size": "effective_size",
        "clustering": "clustering",
    }
    for row in marts["fct_person_structure"]:
        figures = published["people"][row["person_id"]]
        for ours, theirs in columns.items():
            assert row[ours] == pytest.approx(figures[theirs], **EXACT)
    [whole] = marts["fct_org_structure"]
    assert whole["density"] == pytest.approx(published["global"]["density_undirected"], **EXACT)
    assert whole["transitivity"] == pytest.approx(
        published["global"]["transitivity_undirected"], **EXACT
    )
    assert whole["department_ei_index"] == pytest.approx(published["global"]["ei_dyads"], **EXACT)
    ties = weeks_ties(marts["fct_ties"]).values()
    mutual = sum(tie["is_reciprocal"] for tie in ties)
    assert (len(ties), mutual) == (
        published["global"]["dyads_any"],
        published["global"]["dyads_mutual"],
    )
    # Of all arcs, the share that is answered.
    reciprocity = published["global"]["arc_reciprocity"]
    assert 2 * mutual / (len(ties) + mutual) == pytest.approx(reciprocity, **EXACT)
