"""The same metrics by data frames: polars with networkx, pandas with networkx, and tacit's build.

    python -m benchmarks.frames COMPANY [--rounds 3]

COMPANY is a folder whose warehouse `benchmarks.build` has built. The frames begin with the records
and the people in memory, identities resolved; they end with ties, people's weeks and segments in
memory, and each month's structure by networkx. That is the core of docs/metrics.md (20 columns of
people's weeks, 9 of segments, 5 of the structure); tacit's build makes all of it, from tables as
they are loaded, with every test, and is timed as a process. What the frames find must be what the
marts have, in each row and to 1e-9, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import measure
from benchmarks.companies import Company
from benchmarks.ties import connect
from dagster_pipelines.sqlfiles import statements

if TYPE_CHECKING:
    from datetime import date

    import duckdb
    import pyarrow as pa

Row = Mapping[str, Any]

SQL = Path(__file__).parent / "sql" / "frames.sql"
LIBRARIES = {"polars and networkx": "polars", "pandas and networkx": "pandas"}
AIMS = {"polars and networkx": 10.0, "pandas and networkx": 30.0}
"""How many times slower than tacit's build they are to be, at least."""

BUILD = "tacit's build"
TOLERANCE = 1e-9

GROUPS = ("team", "department")
MEASURES = (
    "network_size", "collaborators", "interactions", "cross_team_contacts",
    "cross_department_contacts", "teams_reached", "departments_reached", "lifting_interactions",
    "lifting_own_manager", "lifting_beyond_manager", "lifting_contacts", "coaching_given",
    "same_rank_interactions", "reached_out", "was_reached",
)  # fmt: skip
"""Counts of people's weeks, 0 for whoever met nobody."""

KEYS = {
    "person_weeks": ("person_id", "week_start"),
    "segment_weeks": ("segment_type", "segment_value", "week_start"),
    "structure": ("person_id", "week_start"),
}


class UnequalFiguresError(Exception):
    """A data frame's figures are not those of the marts; the message says which."""


class Inputs(NamedTuple):
    """What the frames begin with, in memory: records of events, people, rules of channels."""

    records: pa.Table
    people: pa.Table
    rules: pa.Table
    parameters: dict[str, Any]
    months: list[date]


class Outputs(NamedTuple):
    """What they end with: the pairs tied in each week, people's weeks, segments."""

    ties: pa.Table
    person_weeks: pa.Table
    segment_weeks: pa.Table


def read_inputs(connection: duckdb.DuckDBPyConnection) -> Inputs:
    """Return what the frames begin with."""
    sql = statements(SQL)

    def ask(name: str) -> pa.Table:
        return connection.execute(sql[name]).to_arrow_table()

    [parameters] = ask("parameters").to_pylist()
    months = [row["week_start"] for row in ask("months").to_pylist()]
    return Inputs(ask("records"), ask("people"), ask("rules"), parameters, months)


def reckon_structure(outputs: Outputs, months: Sequence[date]) -> list[Row]:
    """Return the structure of each month's network, by networkx."""
    import networkx as nx
    import pyarrow.compute as pc

    found = []
    for week in months:
        people, ties = (
            table.filter(pc.equal(table.column("week_start"), week))
            for table in (outputs.person_weeks, outputs.ties)
        )
        graph = nx.Graph()
        graph.add_nodes_from(people.column("person_id").to_pylist())
        ends = (ties.column(side).to_pylist() for side in ("party_a", "party_b"))
        graph.add_edges_from(zip(*ends, strict=True))
        columns = {
            "burt_constraint": nx.constraint(graph),
            "effective_size": nx.effective_size(graph),
            "clustering": nx.clustering(graph),
            "betweenness": nx.betweenness_centrality(graph),
            "pagerank": nx.pagerank(graph, tol=1e-14, max_iter=10_000),
        }
        nx.community.louvain_communities(graph, seed=0)
        for person, degree in graph.degree():
            row = {name: column[person] for name, column in columns.items()}
            if degree == 0:
                row |= {"burt_constraint": None, "effective_size": None}
            if degree < 2:
                row["clustering"] = None
            found.append({"person_id": person, "week_start": week, **row})
    return found


def compute(library: str, inputs: Inputs) -> tuple[dict[str, list[Row]], measure.Stopwatch]:
    """Compute everything with a library; return the rows by table, and the time."""
    module = importlib.import_module(f"benchmarks.frames_{library}")
    stopwatch = measure.Stopwatch()
    outputs = module.compute(inputs)
    stopwatch.lap("tables")
    structure = reckon_structure(outputs, inputs.months)
    stopwatch.lap("structure")
    found = {
        "person_weeks": outputs.person_weeks.to_pylist(),
        "segment_weeks": outputs.segment_weeks.to_pylist(),
        "structure": structure,
    }
    return found, stopwatch


def run_competitor(library: str, database: Path) -> None:
    """Compute everything with a library in this process; compare, and print the times."""
    cores = measure.count_cores()
    with connect(database, cores) as connection:
        inputs = read_inputs(connection)
    found, stopwatch = compute(library, inputs)
    answer = stopwatch.as_answer()
    with connect(database, cores) as connection:
        require_equal(connection, found)
    print(json.dumps(answer))


def require_equal(
    connection: duckdb.DuckDBPyConnection, found: Mapping[str, Sequence[Row]]
) -> None:
    """Raise if the rows that were found are not those of the marts.

    Raises
    ------
    UnequalFiguresError
        A row is missing or one too many, or a cell is another.
    """
    sql = statements(SQL)
    for name, key in KEYS.items():
        expected = connection.execute(sql[name]).to_arrow_table().to_pylist()
        theirs = {tuple(row[part] for part in key): row for row in found[name]}
        if theirs.keys() != {tuple(row[part] for part in key) for row in expected}:
            raise UnequalFiguresError(f"{name}: the rows are not those of the marts")
        for row in expected:
            other = theirs[tuple(row[part] for part in key)]
            for column in row:
                if not is_equal(row[column], other[column]):
                    raise UnequalFiguresError(f"{name}: {column} is not what the marts have")


def is_equal(one: Any, other: Any) -> bool:
    """Whether two cells are the same; NaN is NULL."""
    if isinstance(other, float) and other != other:
        other = None
    if isinstance(one, float) and isinstance(other, int | float):
        return abs(one - other) <= TOLERANCE
    return one == other


def start(library: str, company: Company) -> measure.ChildRun:
    """Run one library in a process of its own, with as many threads as there are cores."""
    command = [sys.executable, "-m", "benchmarks.frames", str(company.folder)]
    limits = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    cores = str(measure.count_cores())
    return measure.run_child([*command, "--competitor", library], dict.fromkeys(limits, cores))


def compare(company: Company, rounds: int) -> dict[str, list[measure.ChildRun]]:
    """Let each library compute everything, in turn; return the runs by name."""
    calls = {name: functools.partial(start, call, company) for name, call in LIBRARIES.items()}
    return measure.interleave(calls, rounds)


def report(
    runs: Mapping[str, Sequence[measure.ChildRun]], build: Sequence[measure.ChildRun]
) -> str:
    """Return the table of all runs beside those of tacit's build."""
    of_build = measure.totals(build, "seconds")
    rows: list[tuple[object, ...]] = [
        (BUILD, measure.spread(of_build), "", "", "1.00",
         measure.format_bytes(measure.largest_peak(build)))
    ]  # fmt: skip
    for name, of_library in runs.items():
        seconds = measure.totals(of_library, "seconds")
        laps = (
            measure.spread(run.answer["seconds"][lap] for run in of_library)
            for lap in ("tables", "structure")
        )
        ratio = measure.ratio_of_medians(seconds, of_build)
        peak = measure.format_bytes(measure.largest_peak(of_library))
        rows.append((name, measure.spread(seconds), *laps, f"{ratio:.2f}", peak))
    header = ("", "s", "tables, s", "structure, s", "times the build", "peak")
    return measure.format_table(header, rows)


def main() -> int:
    """Read the command line, compare and print the seconds."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.frames",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.build has built")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--competitor", choices=LIBRARIES.values(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if not company.warehouse.exists():
        parser.error(f"{company.warehouse} is not there: run `python -m benchmarks` first")
    if arguments.competitor:
        run_competitor(arguments.competitor, company.warehouse)
        return 0
    for name, runs in compare(company, arguments.rounds).items():
        print(name, measure.spread(measure.totals(runs, "seconds")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
