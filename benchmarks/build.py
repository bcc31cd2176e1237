"""The build: `dbt build` as the job runs it against the sum of its compiled statements run bare.

    python -m benchmarks.build COMPANY [--rounds 3]

COMPANY is a folder whose exports `benchmarks.load` has loaded. Both begin with a copy of the
warehouse as it was loaded, under the same limits. `dbt build` is timed as a process, Python's start
and dbt's included; it finds the project parsed, as the job leaves it, and what that took is said
beside. The statements are those that dbt left in `target/run` for seeds, models and data tests, in
the order in which it ran them, in one connection of DuckDB, timed from its opening to its closing.
Both must leave the same tables with as many rows.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import measure
from benchmarks.companies import MEMORY_LIMIT, Company, copy_database

if TYPE_CHECKING:
    import duckdb

# Both have one thread for small matrices, as the job's dbt gives itself.
LIMITS = {"TACIT_MEMORY_LIMIT": MEMORY_LIMIT, "OPENBLAS_NUM_THREADS": "1"}
AS_THE_JOB = ("build", "--exclude-resource-type", "unit_test", "--no-use-colors")
TEMPORARY_SUFFIX = "__dbt_tmp"
"""What dbt appends to a table's name until the old table is out of the way."""

STRUCTURE = (
    "int_network_nodes", "int_network_edges", "int_network_components", "int_tie_embeddedness",
    "int_person_centralities", "fct_person_structure", "fct_org_structure",
)  # fmt: skip
"""The models of the network's structure, for the ratio of all others."""

SLOWEST = 10
TABLE_SIZES = "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"


class UnequalBuildsError(Exception):
    """The two builds did not leave the same tables; the message names those that differ."""


@dataclasses.dataclass(frozen=True)
class DbtCall:
    """How the job calls dbt for a company; `parse_seconds` is what parsing the project took."""

    command: Sequence[str]
    environment: Mapping[str, str]
    parse_seconds: float


def describe_call(company: Company) -> None:
    """Parse the project as the job does and print, as JSON, how it then calls dbt."""
    from dagster_pipelines.dagster_home import environment
    from dagster_pipelines.dbt_manifest import dbt_script, load_manifest
    from dagster_pipelines.settings import load_settings
    from dagster_pipelines.sqlfiles import repository

    settings = load_settings(company.settings)
    started = time.perf_counter()
    load_manifest(settings)
    parse_seconds = time.perf_counter() - started
    project = ["--project-dir", str(repository() / "dbt_project")]
    call = DbtCall(
        command=[sys.executable, "-P", str(dbt_script()), *AS_THE_JOB, *project],
        environment={
            **environment(settings),
            "DBT_LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
        },
        parse_seconds=parse_seconds,
    )
    print(json.dumps(dataclasses.asdict(call)))


def target(company: Company) -> Path:
    """Return the folder in which dbt leaves what it made of the project."""
    return company.data / "dbt" / "target"


def read_results(company: Company) -> list[dict[str, Any]]:
    """Return what dbt's last run says of each node, in the order in which they were run.

    Exposures are among its results, but nothing is run for them.
    """
    results = json.loads((target(company) / "run_results.json").read_bytes())["results"]
    ran = [result for result in results if not result["unique_id"].startswith("exposure.")]
    return sorted(ran, key=lambda result: result["timing"][-1]["started_at"])


def count_rows(database: Path) -> dict[str, int]:
    """Return the rows of every table, by schema and name."""
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        return dict(connection.execute(TABLE_SIZES).fetchall())


def run_dbt(company: Company, call: DbtCall) -> measure.ChildRun:
    """Build the loaded warehouse; the answer has the seconds of each node and the tables' rows."""
    copy_database(company.loaded_warehouse, company.warehouse)
    run = measure.run_child(call.command, {**call.environment, **LIMITS})
    seconds = {result["unique_id"]: result["execution_time"] for result in read_results(company)}
    answer = {
        "seconds": {"whole": run.seconds},
        "cpu_seconds": {"whole": run.cpu_seconds},
        "nodes": seconds,
        "rows": count_rows(company.warehouse),
    }
    return dataclasses.replace(run, answer=answer)


def profile_settings(repository: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that `profiles.yml` gives DuckDB, its variables being as given."""
    import yaml
    from jinja2.nativetypes import NativeEnvironment

    def env_var(name: str, default: str | None = None) -> str:
        return variables[name] if default is None else variables.get(name, default)

    profile = yaml.safe_load((repository / "profiles.yml").read_text(encoding="utf-8"))["tacit"]
    options = profile["outputs"][profile["target"]]["config_options"]
    environment = NativeEnvironment()
    return {
        name: environment.from_string(value).render(env_var=env_var)
        if isinstance(value, str)
        else value
        for name, value in options.items()
    }


def read_statements(company: Company) -> dict[str, str]:
    """Return what dbt ran for each node, by its id, in the order in which it ran them.

    Tables get their own names at once, not dbt's temporary ones.
    """
    manifest = json.loads((target(company) / "manifest.json").read_bytes())["nodes"]
    statements = {}
    for result in read_results(company):
        node = manifest[result["unique_id"]]
        ran = target(company) / "run" / node["package_name"] / node["original_file_path"]
        if "test_metadata" in node:
            # A generic test's file lies in a folder named after the YAML file that asks for it.
            ran = ran / node["path"]
        statement = ran.read_text(encoding="utf-8")
        statements[result["unique_id"]] = statement.replace(TEMPORARY_SUFFIX, "")
    return statements


def run_bare(company: Company) -> None:
    """Run dbt's statements in one connection, in this process; print times and rows as JSON."""
    import duckdb

    from dagster_pipelines.sqlfiles import repository

    shutil.rmtree(company.bare_warehouse.parent, ignore_errors=True)
    copy_database(company.loaded_warehouse, company.bare_warehouse)
    statements = read_statements(company)
    manifest = json.loads((target(company) / "manifest.json").read_bytes())["nodes"]
    schemas = sorted({manifest[node]["schema"] for node in statements if node[:5] != "test."})
    variables = {**LIMITS, "TACIT_WAREHOUSE": str(company.bare_warehouse)}
    config = profile_settings(repository(), variables)

    stopwatch = measure.Stopwatch()
    with duckdb.connect(str(company.bare_warehouse), config=config) as connection:
        for schema in schemas:
            connection.execute(f"create schema {schema}")
        stopwatch.lap("open")
        for node, statement in statements.items():
            if manifest[node].get("language") == "python":
                run_python(connection, statement)
            else:
                connection.execute(statement).fetchall()
            stopwatch.lap(node)
    stopwatch.lap("close")
    answer = stopwatch.as_answer()
    print(json.dumps({**answer, "rows": count_rows(company.bare_warehouse)}))


def run_python(connection: duckdb.DuckDBPyConnection, code: str) -> None:
    """Run a model in Python, as dbt compiled it: its own lines read and write the tables."""
    module: dict[str, Any] = {}
    exec(code, module)  # noqa: S102 - it is the project's own, as dbt ran it
    dbt = module["dbtObj"](lambda relation: connection.query("from " + relation))
    module["materialize"](module["model"](dbt, connection), connection)


def start(name: str, company: Company) -> measure.ChildRun:
    """Run a part of this module in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.build", str(company.folder)]
    return measure.run_child([*command, "--competitor", name], LIMITS)


def compare(company: Company, rounds: int) -> dict[str, list[measure.ChildRun]]:
    """Build by dbt and bare in turn; the warehouse is left as dbt built it.

    Raises
    ------
    UnequalBuildsError
        The tables of the two differ in their rows.
    """
    call = DbtCall(**start("describe", company).answer)
    print(f"  parsing the project took {call.parse_seconds:.1f} s", file=sys.stderr)
    competitors: dict[str, Callable[[], measure.ChildRun]] = {
        "dbt": functools.partial(run_dbt, company, call),
        "bare": functools.partial(start, "bare", company),
    }
    runs = measure.interleave(competitors, rounds)
    expected = runs["dbt"][0].answer["rows"]
    for run in (*runs["dbt"], *runs["bare"]):
        differing = set(expected.items()) ^ set(run.answer["rows"].items())
        if differing:
            raise UnequalBuildsError(f"the builds differ in {sorted(differing)}")
    shutil.rmtree(company.bare_warehouse.parent)
    return runs


def without_structure(runs: Mapping[str, Sequence[measure.ChildRun]]) -> dict[str, list[float]]:
    """Return the seconds of each run less those of the models of the network's structure."""
    models = {node for node in runs["dbt"][0].answer["nodes"] if node.split(".")[2] in STRUCTURE}

    def less(name: str, kind: str) -> list[float]:
        whole = measure.totals(runs[name], "seconds")
        parts = [sum(run.answer[kind][node] for node in models) for run in runs[name]]
        return [one - part for one, part in zip(whole, parts, strict=True)]

    return {"dbt": less("dbt", "nodes"), "bare": less("bare", "seconds")}


def report(runs: Mapping[str, Sequence[measure.ChildRun]]) -> str:
    """Return the table of results and, in a sentence, what dbt itself adds."""
    count = len(runs["dbt"][0].answer["nodes"])
    names = {"dbt": "`dbt build`, the whole process", "bare": f"its {count} statements, bare"}
    seconds, cpu_seconds = (
        {name: measure.totals(runs[name], kind) for name in runs}
        for kind in ("seconds", "cpu_seconds")
    )
    table = measure.format_table(
        ("", "s", "CPU s", "times the statements", "times their CPU", "peak"),
        [
            (
                names[name],
                measure.spread(seconds[name]),
                measure.spread(cpu_seconds[name]),
                f"{measure.ratio_of_medians(seconds[name], seconds['bare']):.2f}",
                f"{measure.ratio_of_medians(cpu_seconds[name], cpu_seconds['bare']):.2f}",
                measure.format_bytes(measure.largest_peak(runs[name])),
            )
            for name in runs
        ],
    )
    outside = statistics.median(
        run.seconds - sum(run.answer["nodes"].values()) for run in runs["dbt"]
    )
    return f"{table}\nOutside its nodes, starting and ending, dbt spends {outside:.1f} s.\n"


def report_slowest(runs: Mapping[str, Sequence[measure.ChildRun]]) -> str:
    """Return the table of the nodes that take dbt the longest, with their bare seconds."""
    in_dbt = {
        node: measure.spread(run.answer["nodes"][node] for run in runs["dbt"])
        for node in runs["dbt"][0].answer["nodes"]
    }
    bare = {
        node: measure.spread(run.answer["seconds"][node] for run in runs["bare"]) for node in in_dbt
    }
    slowest = sorted(in_dbt, key=lambda node: -in_dbt[node].median)[:SLOWEST]
    return measure.format_table(
        ("node", "in dbt, s", "bare, s"),
        [(short_name(node), in_dbt[node], bare[node]) for node in slowest],
    )


def short_name(node: str) -> str:
    """Return a node's own name; that of a test says that it is one."""
    kind, _, name, *_ = node.split(".")
    return f"`{name}`" if kind != "test" else f"test `{name}`"


def main() -> int:
    """Read the command line, compare and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.load has loaded")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--competitor", choices=("describe", "bare"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if arguments.competitor:
        (describe_call if arguments.competitor == "describe" else run_bare)(company)
        return 0
    if not company.loaded_warehouse.exists():
        parser.error(f"{company.loaded_warehouse} is not there: run `python -m benchmarks` first")
    runs = compare(company, arguments.rounds)
    print(f"{report(runs)}\n{report_slowest(runs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
