"""docs/metrics.md, section 4: the structure of the network.

"networkx's functions are the reference", so they are called here as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import networkx as nx

from .history import History
from .model import Row
from .network import share
from .week import Week

LOUVAIN_SEEDS = range(20)

Communities = list[set[str]]


def structure_rows(history: History) -> tuple[list[Row], list[Row]]:
    """The rows of the persons and those of the organisation.

    A week in which nobody has a row has no structure, and so no row.
    """
    persons: list[Row] = []
    organisations: list[Row] = []
    for week in described_weeks(history):
        graph = tie_graph(week)
        communities = louvain(graph)
        persons.extend(person_structure(graph, communities, week))
        organisations.append(org_structure(graph, communities, week))
    return persons, organisations


def described_weeks(history: History) -> Iterator[Week]:
    """The weeks that have rows.

    "for the last week, by its Sunday, of each calendar month, only if that week and its window
    lie in the coverage". The last week is the calendar's, whether it is covered or not.
    """
    for start, week in history.weeks.items():
        ends_month = (week.sunday + timedelta(days=7)).month != week.sunday.month
        if ends_month and history.has_covered_window(start) and week.present:
            yield week


def tie_graph(week: Week) -> nx.Graph:
    """The undirected, unweighted graph "over the persons with a row in w, isolates included"."""
    graph = nx.Graph()
    graph.add_nodes_from(sorted(week.present))
    graph.add_edges_from(sorted(week.ties))
    return graph


def louvain(graph: nx.Graph) -> Communities:
    """The communities of the nodes.

    "Louvain as networkx has it, resolution 1, seeds 0 to 19, the first with the highest
    modularity, nodes in order of id; isolates are communities of one".
    """
    found = [nx.community.louvain_communities(graph, seed=seed) for seed in LOUVAIN_SEEDS]
    # `max` takes the first of equals.
    return max(found, key=lambda one: modularity(graph, one) or 0)


def modularity(graph: nx.Graph, communities: Communities) -> float | None:
    """The modularity of a partition of the nodes; "NULL without ties"."""
    return nx.community.modularity(graph, communities) if graph.size() else None


def person_structure(graph: nx.Graph, communities: Communities, week: Week) -> Iterator[Row]:
    """The row of each person.

    "labels mean nothing across months": a community is called by its person with the smallest id.
    """
    constraint, effective_size = nx.constraint(graph), nx.effective_size(graph)
    clustering = nx.clustering(graph)
    betweenness = nx.betweenness_centrality(graph, normalized=True)
    pagerank = nx.pagerank(graph, alpha=0.85, tol=1e-12, max_iter=10_000)
    label = {person: min(community) for community in communities for person in community}
    for person, degree in graph.degree():
        # "both NULL for an isolate"; networkx has NaN.
        is_isolate = degree == 0
        yield {
            "person_id": person,
            "week_start": week.start,
            "degree": degree,
            "burt_constraint": None if is_isolate else constraint[person],
            "effective_size": None if is_isolate else effective_size[person],
            # "NULL when k < 2"; networkx has 0.
            "clustering": clustering[person] if degree >= 2 else None,
            "betweenness": float(betweenness[person]),
            "pagerank": pagerank[person],
            "community": label[person],
            "is_isolate": is_isolate,
            "is_estimated": False,
        }


def org_structure(graph: nx.Graph, communities: Communities, week: Week) -> Row:
    """The row of the organisation."""
    people = len(graph)
    components = list(nx.connected_components(graph))
    return {
        "week_start": week.start,
        "people": people,
        "ties": graph.size(),
        "density": nx.density(graph) if people >= 2 else None,
        "components": len(components),
        "largest_component_share": max(map(len, components)) / people,
        "transitivity": float(nx.transitivity(graph)),
        "mean_clustering": nx.average_clustering(graph),
        **departments(graph, week),
        "community_modularity": modularity(graph, communities),
        "community_count": len(communities),
    }


def departments(graph: nx.Graph, week: Week) -> Row:
    """How far the ties keep to departments.

    "over people, ties, with known department; NULL without ties": people of unknown department
    are left out, and their ties with them.
    """
    department = {
        person: name
        for person in graph
        if (name := week.present[person].unit("department")) is not None
    }
    known = graph.subgraph(department)
    people: dict[str, set[str]] = defaultdict(set)
    for person in known:
        people[department[person]].add(person)
    outside = sum(department[a] != department[b] for a, b in known.edges())
    inside = known.size() - outside
    return {
        "department_modularity": modularity(known, list(people.values())),
        "department_ei_index": share(outside - inside, outside + inside),
    }
