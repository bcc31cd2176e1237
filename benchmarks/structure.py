"""The structure of a network: tacit's models against networkx and against igraph's bare kernels.

    python -m benchmarks.structure COMPANY [--rounds 3]

COMPANY is a folder whose warehouse `benchmarks.build` has built: its compiled SQL is taken. The
networks are made up, people with few and with many ties, in groups. Everybody begins with the
network in memory and ends with the figures of each person.

- Constraint, effective size and clustering: the compiled `int_tie_embeddedness` and
  `fct_person_structure` in DuckDB, which sums exactly and so says the same digits on any machine;
  `networkx.constraint`, `.effective_size` and `.clustering`; igraph's `constraint` and, for the
  ties among contacts, its local transitivity.
- Betweenness: the model `int_person_centralities`, exact up to 5 000 people and estimated above;
  networkx and igraph, exact.

What comes out must be the same to 1e-9, or the benchmark fails; of an estimate it is said how far
it is from what is exact. networkx is asked of the small network only: of the large one it would
take hours.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import measure
from benchmarks.companies import Company
from dagster_pipelines.sqlfiles import repository, statements

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    Ends = npt.NDArray[np.int32]

SQL = Path(__file__).parent / "sql" / "structure.sql"
MODELS = Path("compiled", "tacit", "models")
COMPILED = {
    "intermediate.int_tie_embeddedness": MODELS / "intermediate" / "int_tie_embeddedness.sql",
    "marts.fct_person_structure": MODELS / "marts" / "fct_person_structure.sql",
}
CENTRALITIES = repository() / "dbt_project/models/intermediate/int_person_centralities.py"
SEED = 1
GROUPS_OF = 40
WITHIN_GROUP = 0.6
TOLERANCE = 1e-9

OURS, NETWORKX, IGRAPH = "tacit", "networkx", "igraph"
CONTACTS, CHAINS = "constraint, effective size, clustering", "betweenness"


class UnequalFiguresError(Exception):
    """Two competitors' figures of a network differ; the message says which."""


@dataclass(frozen=True)
class Network:
    """How many people and ties a made-up network has, and who is asked of it."""

    people: int
    ties: int
    competitors: tuple[str, ...]

    def __str__(self) -> str:
        """Return, for instance, `1000x20000`."""
        return f"{self.people}x{self.ties}"


NETWORKS = (
    Network(1_000, 20_000, (OURS, NETWORKX, IGRAPH)),
    Network(10_000, 500_000, (OURS, IGRAPH)),
)


def make_ties(people: int, ties: int) -> tuple[Ends, Ends]:
    """Return the two ends of each tie, the lower first, each pair once; the same for each call.

    Two ends of three lie in one group; how much people have to do with others follows a power law.
    """
    import numpy as np

    random = np.random.default_rng(SEED)
    weight = random.pareto(3.0, people) + 0.3
    chance = weight / weight.sum()
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < ties:
        count = 2 * (ties - len(pairs)) + 1_000
        one = random.choice(people, count, p=chance)
        anybody = random.choice(people, count, p=chance)
        fellow = (one // GROUPS_OF) * GROUPS_OF + random.integers(0, GROUPS_OF, count)
        other = np.where(random.random(count) < WITHIN_GROUP, fellow % people, anybody)
        low, high = np.minimum(one, other), np.maximum(one, other)
        pairs = np.unique(np.append(pairs, (low * people + high)[low != high]))
        if len(pairs) > ties:
            pairs = np.sort(random.choice(pairs, ties, replace=False))
    return (pairs // people).astype(np.int32), (pairs % people).astype(np.int32)


def ask_tacit(figure: str, network: Network, company: Company) -> tuple[Any, measure.Stopwatch]:
    """Let tacit's models reckon; return the figures in order of people, and the time."""
    import numpy as np

    tail, head = make_ties(network.people, network.ties)
    if figure == CHAINS:
        centralities = import_centralities()
        stopwatch = measure.Stopwatch()
        graph = centralities.graph_of(tail, head, network.people)
        scores, _ = centralities.betweenness(graph)
        stopwatch.lap("figures")
        return [scores], stopwatch
    connection = connect(network, tail, head)
    models = {
        name: (company.data / "dbt" / "target" / path).read_text(encoding="utf-8")
        for name, path in COMPILED.items()
    }
    stopwatch = measure.Stopwatch()
    for name, model in models.items():
        connection.execute(f"create table {name} as {model}")
    stopwatch.lap("figures")
    found = connection.execute(statements(SQL)["figures"]).fetchnumpy()
    # A column that has NULLs is masked.
    return [np.ma.filled(column, np.nan) for column in found.values()], stopwatch


def connect(network: Network, tail: Ends, head: Ends) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the models that the figures are reckoned from."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect(config={"threads": measure.count_cores()})
    sql = statements(SQL)
    connection.execute(sql["declare"])
    connection.register("ends", pa.table({"tail": tail, "head": head}))
    connection.execute(sql["nodes"], {"people": network.people})
    connection.execute(sql["edges"])
    connection.execute(sql["centralities"])
    return connection


def import_centralities() -> Any:
    """Return the model of what takes iteration, as a module."""
    spec = importlib.util.spec_from_file_location("int_person_centralities", CENTRALITIES)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(CENTRALITIES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask_networkx(figure: str, network: Network) -> tuple[Any, measure.Stopwatch]:
    """Let networkx reckon."""
    import networkx as nx
    import numpy as np

    graph = nx.Graph()
    graph.add_nodes_from(range(network.people))
    graph.add_edges_from(
        zip(*(ends.tolist() for ends in make_ties(network.people, network.ties)), strict=True)
    )
    stopwatch = measure.Stopwatch()
    if figure == CHAINS:
        columns = [nx.betweenness_centrality(graph)]
    else:
        columns = [nx.constraint(graph), nx.effective_size(graph), nx.clustering(graph)]
    stopwatch.lap("figures")
    found = [np.array([column[node] for node in range(network.people)]) for column in columns]
    if figure == CONTACTS:
        found[2][[degree < 2 for _, degree in graph.degree()]] = np.nan
    return found, stopwatch


def ask_igraph(figure: str, network: Network) -> tuple[Any, measure.Stopwatch]:
    """Let igraph reckon."""
    import igraph
    import numpy as np

    ends = make_ties(network.people, network.ties)
    graph = igraph.Graph(network.people, np.column_stack(ends).tolist())
    people = network.people
    stopwatch = measure.Stopwatch()
    if figure == CHAINS:
        found = [np.array(graph.betweenness(directed=False)) / ((people - 1) * (people - 2) / 2)]
    else:
        constraint = np.array(graph.constraint())
        degree = np.array(graph.degree(), dtype=float)
        clustering = np.array(graph.transitivity_local_undirected(mode="nan"))
        # Clustering is the share of the pairs of contacts that are tied.
        tied = np.nan_to_num(clustering) * degree * (degree - 1) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            effective_size = degree - 2 * tied / degree
        constraint[degree == 0] = np.nan
        found = [constraint, effective_size, clustering]
    stopwatch.lap("figures")
    return found, stopwatch


def run_competitor(call: str, company: Company) -> None:
    """Run one competitor in this process; print its times, and the figures that it found."""
    figure, said, name = call.split(":")
    [network] = [one for one in NETWORKS if str(one) == said]
    if name == OURS:
        found, stopwatch = ask_tacit(figure, network, company)
    else:
        found, stopwatch = {NETWORKX: ask_networkx, IGRAPH: ask_igraph}[name](figure, network)
    folder = company.folder / "structure"
    folder.mkdir(exist_ok=True)
    import numpy as np

    np.save(folder / f"{figure[:10]}-{said}-{name}.npy", np.array(found))
    print(json.dumps(stopwatch.as_answer()))


def start(call: str, company: Company) -> measure.ChildRun:
    """Run one competitor in a process of its own, each with as many threads."""
    command = [sys.executable, "-m", "benchmarks.structure", str(company.folder)]
    limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    cores = str(measure.count_cores())
    return measure.run_child([*command, "--competitor", call], dict.fromkeys(limits, cores))


def compare(company: Company, rounds: int) -> dict[str, dict[str, list[measure.ChildRun]]]:
    """Let everybody reckon the figures of each network; return the runs by figure and competitor.

    Raises
    ------
    UnequalFiguresError
        What should be the same differs.
    """
    found = {}
    for network in NETWORKS:
        for figure in (CONTACTS, CHAINS):
            calls = {name: f"{figure}:{network}:{name}" for name in network.competitors}
            starts = {name: functools.partial(start, call, company) for name, call in calls.items()}
            found[f"{figure}, {network}"] = measure.interleave(starts, rounds)
            if not is_estimated(figure, network):
                require_equal(figure, network, company)
    return found


def is_estimated(figure: str, network: Network) -> bool:
    """Whether tacit estimates the figure in a network of this size."""
    return figure == CHAINS and network.people > import_centralities().EXACT_UP_TO


def figures_of(figure: str, network: Network, company: Company, name: str) -> Any:
    """Return what a competitor has found last: a row a figure, a column a person."""
    import numpy as np

    return np.load(company.folder / "structure" / f"{figure[:10]}-{network}-{name}.npy")


def require_equal(figure: str, network: Network, company: Company) -> None:
    """Raise if what the competitors have found is not the same."""
    import numpy as np

    ours = figures_of(figure, network, company, OURS)
    for name in network.competitors:
        theirs = figures_of(figure, network, company, name)
        if not np.allclose(ours, theirs, rtol=0, atol=TOLERANCE, equal_nan=True):
            raise UnequalFiguresError(f"{figure} of {network}: tacit and {name} differ")


def report_estimate(company: Company) -> str:
    """Return in a sentence how far estimated betweenness is from what it is."""
    import numpy as np

    network = NETWORKS[-1]
    ours, exact = (figures_of(CHAINS, network, company, name)[0] for name in (OURS, IGRAPH))
    first = max(1, network.people // 100)
    foremost = [set(np.argsort(-scores)[:first].tolist()) for scores in (ours, exact)]
    shared = len(foremost[0] & foremost[1]) / first
    correlation = np.corrcoef(ours, exact)[0, 1]
    return (
        f"Of {network.people:,} people betweenness is estimated: the largest error is"
        f" {np.abs(ours - exact).max():.1e} where the largest value is {exact.max():.1e}; the"
        f" correlation with what is exact is {correlation:.4f}, and {shared:.0%} of the foremost"
        f" {first} are the same.\n"
    )


def report(runs: Mapping[str, Mapping[str, Sequence[measure.ChildRun]]], company: Company) -> str:
    """Return the table of all figures and networks; ratios are to tacit."""
    rows = []
    for what, of_figure in runs.items():
        seconds = {name: measure.totals(of_figure[name], "seconds") for name in of_figure}
        for name, taken in seconds.items():
            ratio = measure.ratio_of_medians(taken, seconds[OURS])
            peak = measure.format_bytes(measure.largest_peak(of_figure[name]))
            rows.append((what, name, measure.spread(taken), f"{ratio:.2f}", peak))
    table = measure.format_table(("", "by", "s", "times tacit's", "peak"), rows)
    return f"{table}\n{report_estimate(company)}"


def main() -> int:
    """Read the command line, compare and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.structure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.build has built")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--competitor", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if not company.warehouse.exists():
        parser.error(f"{company.warehouse} is not there: run `python -m benchmarks` first")
    if arguments.competitor:
        run_competitor(arguments.competitor, company)
        return 0
    print(report(compare(company, arguments.rounds), company))
    return 0


if __name__ == "__main__":
    sys.exit(main())
