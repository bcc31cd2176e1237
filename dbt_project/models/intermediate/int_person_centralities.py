"""Where people stand in a month's network, as far as it takes iteration: docs/metrics.md, section 4.

networkit reckons each figure in one thread: the order in which threads add up would change the last
digits. Ways and communities have nothing to do with one another, and are reckoned side by side.
"""

from concurrent.futures import ThreadPoolExecutor

import networkit
import numpy
import pyarrow

COLUMNS = pyarrow.schema(
    [
        ("person_id", pyarrow.int64()),
        ("betweenness", pyarrow.float64()),
        ("pagerank", pyarrow.float64()),
        ("community", pyarrow.int32()),
        ("is_estimated", pyarrow.bool_()),
        ("week_start", pyarrow.date32()),
    ]
)

# Above so many people betweenness is estimated, from so many of them.
EXACT_UP_TO = 5_000
PIVOTS = 500
SEED = 1

DAMPING = 0.85
TOLERANCE = 1e-12
MOST_ROUNDS = 10_000

# Louvain depends on the order in which it meets the people: so many orders are tried.
ORDERS = 20
# What of two modularities is no difference but rounding.
ROUNDING = 1e-12


def model(dbt, session):
    """Return a row for each person of each month's network."""
    nodes = dbt.ref("int_network_nodes")
    edges = dbt.ref("int_network_edges")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").set_alias("changed")
        nodes = nodes.join(changed, "week_start", how="semi")
        edges = edges.join(changed, "week_start", how="semi")
    return centralities(nodes.to_arrow_table(), edges.to_arrow_table())


def centralities(nodes, edges):
    """Return COLUMNS of the networks of several weeks.

    `nodes` has week_start, node (from 0 in each week) and person_id, `edges` week_start, lower_node
    and upper_node: one row a tie.
    """
    networks = []
    # Seeds are drawn from by one thread alone: networkit has one source of them for all.
    with ThreadPoolExecutor(1) as ways, ThreadPoolExecutor(1) as groups:
        for week_start in nodes.column("week_start").unique().to_pylist():
            people = _of_week(nodes, week_start).sort_by("node")
            network = (*_ends(_of_week(edges, week_start)), len(people))
            networks.append(
                (people, ways.submit(_ways, *network), groups.submit(communities, *network))
            )
    tables = [COLUMNS.empty_table()]
    for people, of_ways, of_groups in networks:
        scores, is_estimated, ranks = of_ways.result()
        found = {
            "person_id": people.column("person_id"),
            "betweenness": scores,
            "pagerank": ranks,
            "community": of_groups.result(),
            "is_estimated": [is_estimated] * len(people),
            "week_start": people.column("week_start"),
        }
        tables.append(pyarrow.table(found, schema=COLUMNS))
    return pyarrow.concat_tables(tables)


def _of_week(table, week_start):
    return table.filter(pyarrow.compute.equal(table.column("week_start"), week_start))


def _ends(ties):
    """Return both ends of each tie, in an order that is the same however a database has them."""
    ends = [ties.column(name).to_numpy() for name in ("lower_node", "upper_node")]
    tail, head = numpy.minimum(*ends), numpy.maximum(*ends)
    order = numpy.lexsort((head, tail))
    return tail[order], head[order]


def _ways(tail, head, size):
    """Return what rests on the ways through a network."""
    graph = graph_of(tail, head, size)
    return *betweenness(graph), pagerank(graph)


def graph_of(tail, head, size):
    """Return the undirected graph of `size` nodes with an edge from each tail to its head."""
    networkit.setNumberOfThreads(1)
    graph = networkit.Graph(size)
    graph.addEdges((tail.astype(numpy.uint64), head.astype(numpy.uint64)))
    return graph


def betweenness(graph):
    """Return each node's betweenness, 0 to 1, and whether it is estimated.

    It is divided by the number of pairs that the others make, and 0 where they make none.
    """
    size = graph.numberOfNodes()
    if size < 3:
        return numpy.zeros(size), False
    if size <= EXACT_UP_TO:
        exact = networkit.centrality.Betweenness(graph, normalized=True).run()
        return numpy.array(exact.scores()), False
    networkit.setSeed(SEED, useThreadId=False)
    estimate = networkit.centrality.EstimateBetweenness(graph, PIVOTS, normalized=True).run()
    return numpy.array(estimate.scores()), True


def pagerank(graph):
    """Return each node's PageRank; they sum to 1.

    A walker who meets somebody without ties goes on from anybody. That is the same as a PageRank of
    the others alone, and a share of the whole for each of those without ties.
    """
    size = graph.numberOfNodes()
    degrees = numpy.array([graph.degree(node) for node in range(size)])
    tied = numpy.flatnonzero(degrees)
    alone = 1 / (size - DAMPING * (size - len(tied))) if size else 0
    ranks = numpy.full(size, (1 - DAMPING) * alone)
    if len(tied):
        others = networkit.graphtools.getCompactedGraph(
            networkit.graphtools.subgraphFromNodes(graph, tied),
            dict(zip(tied.tolist(), range(len(tied)), strict=True)),
        )
        of_tied = networkit.centrality.PageRank(others, damp=DAMPING, tol=TOLERANCE)
        of_tied.maxIterations = MOST_ROUNDS
        ranks[tied] = numpy.array(of_tied.run().scores()) * len(tied) * alone
    return ranks


def communities(tail, head, size):
    """Return the number of each node's community: of the partition with the highest modularity.

    Louvain's method with refinement, from several orders of the nodes. Communities are numbered by
    their first node.
    """
    best, highest = numpy.arange(size), -numpy.inf
    for seed in range(ORDERS if len(tail) else 0):
        place = numpy.random.default_rng(seed).permutation(size)
        graph = graph_of(place[tail], place[head], size)
        method = networkit.community.PLM(graph, refine=True, par="none").run()
        partition = method.getPartition()
        modularity = networkit.community.Modularity().getQuality(partition, graph)
        if modularity > highest + ROUNDING:
            best, highest = numpy.array(partition.getVector())[place], modularity
    _, first, label = numpy.unique(best, return_index=True, return_inverse=True)
    return numpy.argsort(numpy.argsort(first))[label] + 1
