"""The load of CSV: tacit's landing against DuckDB's own explicit reader of the same columns.

    python -m benchmarks.load COMPANY [--rounds 3]

COMPANY is a folder that `benchmarks.companies` has prepared. Both begin with nothing and end with
a checkpointed database file that is closed. Tacit's landing also sees to every file, makes each
identifier a keyed id in the vault, types and checks each record, counts them a second time by
another way, keeps what they say apart from copies, and maps identities; the reader makes a table of
each file and nothing else. Work is timed from the first call to the closed file, without Python's
start and imports, which would flatter the ratio.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import measure
from benchmarks.companies import MEMORY_LIMIT, Company, forget_load

SQL = Path(__file__).parent / "sql"
COMPETITORS = ("tacit", "bare")


class UnequalLoadsError(Exception):
    """The two loads did not store the same number of records; the message gives both."""


def run_tacit(company: Company) -> None:
    """Load the exports as the job does, in this process; print times and rows as JSON."""
    from dagster_pipelines.landing import Landing
    from dagster_pipelines.settings import load_settings

    forget_load(company)
    stopwatch = measure.Stopwatch()
    landing = Landing(load_settings(company.settings), run_id="benchmark")
    landing.preflight()
    landing.declare()
    stopwatch.lap("preflight")
    roster = landing.load("roster_csv")
    stopwatch.lap("roster")
    interactions = landing.load("interaction_csv")
    stopwatch.lap("interactions")
    landing.map_identities()
    stopwatch.lap("identities")
    rows = [*roster.rows_by_table.values(), *interactions.rows_by_table.values()]
    print(json.dumps({**stopwatch.as_answer(), "rows": rows}))


def run_bare(company: Company) -> None:
    """Read the exports into tables of a new database, in this process; print times and rows."""
    import duckdb

    from dagster_pipelines.sqlfiles import statements

    shutil.rmtree(company.bare_warehouse.parent, ignore_errors=True)
    company.bare_warehouse.parent.mkdir(parents=True)
    sql = statements(SQL / "bare_load.sql")
    stopwatch = measure.Stopwatch()
    with duckdb.connect(
        str(company.bare_warehouse),
        config={
            "threads": measure.count_cores(),
            "memory_limit": os.environ["TACIT_MEMORY_LIMIT"],
            "autoinstall_known_extensions": False,
        },
    ) as connection:
        connection.execute(sql["roster"], {"roster": str(company.roster)})
        stopwatch.lap("roster")
        connection.execute(sql["interactions"], {"interactions": str(company.interactions)})
        stopwatch.lap("interactions")
        rows = connection.execute(sql["rows"]).fetchall()[0]
        connection.execute("checkpoint")
    stopwatch.lap("checkpoint")
    print(json.dumps({**stopwatch.as_answer(), "rows": rows}))


def start(name: str, company: Company) -> measure.ChildRun:
    """Run one competitor in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load", str(company.folder)]
    limits = {"TACIT_MEMORY_LIMIT": MEMORY_LIMIT, "TACIT_THREADS": str(measure.count_cores())}
    return measure.run_child([*command, "--competitor", name], limits)


def compare(company: Company, rounds: int) -> dict[str, list[measure.ChildRun]]:
    """Run both competitors in turn; tacit's last load stays in the company's folder.

    Raises
    ------
    UnequalLoadsError
        They did not store the same number of records.
    """
    runs = measure.interleave(
        {name: functools.partial(start, name, company) for name in COMPETITORS}, rounds
    )
    rows = {name: [run.answer["rows"] for run in runs[name]] for name in COMPETITORS}
    if any(counted != rows["bare"][0] for name in COMPETITORS for counted in rows[name]):
        raise UnequalLoadsError(f"the loads stored different numbers of records: {rows}")
    shutil.rmtree(company.bare_warehouse.parent)
    return runs


def report(runs: Mapping[str, Sequence[measure.ChildRun]]) -> str:
    """Return the table of results: work in seconds, and how many times the bare reader's."""
    names = {"tacit": "tacit's landing", "bare": "DuckDB's `read_csv`"}
    seconds, cpu_seconds = (
        {name: measure.totals(runs[name], kind) for name in runs}
        for kind in ("seconds", "cpu_seconds")
    )
    return measure.format_table(
        ("", "s", "CPU s", "times the bare reader", "times its CPU", "peak"),
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


def main() -> int:
    """Read the command line, compare and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.companies prepared")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--competitor", choices=COMPETITORS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if not company.settings.exists():
        parser.error(f"{company.folder} holds no tacit.yml: run `python -m benchmarks` first")
    if arguments.competitor:
        (run_tacit if arguments.competitor == "tacit" else run_bare)(company)
        return 0
    print(report(compare(company, arguments.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
