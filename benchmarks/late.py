"""A late day: what a build costs that follows one file of one day, against the build of everything.

    python -m benchmarks.late COMPANY [--rounds 3]

COMPANY is a folder whose warehouse `benchmarks.build` has built. The rows of one day, in the middle
of the coverage, are given to a file that seems to have come since: the next build finds all their
events changed, computes their date, its week and the windows that reach back to it anew, and must
leave every table as it was. Each round takes another day. Both builds are whole processes.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import build, measure
from benchmarks.companies import Company

SQL = Path(__file__).parent / "sql" / "late.sql"


class UnequalTablesError(Exception):
    """A build of what changed left other rows than there were; the message names the tables."""


def come_late(company: Company, weeks_before_the_end: int) -> None:
    """Give the rows of one Wednesday to a file that is not built yet."""
    import duckdb

    from dagster_pipelines.sqlfiles import statements

    sql = statements(SQL)
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute(sql["file"])
        connection.execute(sql["rows"], {"weeks": weeks_before_the_end})


def fingerprints(company: Company) -> dict[str, tuple[int, int]]:
    """Return the rows and a hash, which knows no order, of every table that is compared."""
    import duckdb

    from dagster_pipelines.sqlfiles import statements

    sql = statements(SQL)
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        tables = [name for (name,) in connection.execute(sql["tables"]).fetchall()]
        found = {}
        for table in tables:
            counted = connection.execute(sql["fingerprint"].replace("marts.fct_ties", table))
            found[table] = counted.fetchall()[0]
        return found


def run_late(company: Company, call: build.DbtCall, weeks_before_the_end: int) -> measure.ChildRun:
    """Let a day come late and build; the answer has the seconds of each node.

    Raises
    ------
    UnequalTablesError
        A table is not what it was.
    """
    before = fingerprints(company)
    come_late(company, weeks_before_the_end)
    run = measure.run_child(call.command, {**call.environment, **build.LIMITS})
    after = fingerprints(company)
    if differing := sorted(name for name in before if before[name] != after.get(name)):
        raise UnequalTablesError(f"a late day changed {', '.join(differing)}")
    seconds = {
        result["unique_id"]: result["execution_time"] for result in build.read_results(company)
    }
    answer = {
        "seconds": {"whole": run.seconds},
        "cpu_seconds": {"whole": run.cpu_seconds},
        "nodes": seconds,
    }
    return dataclasses.replace(run, answer=answer)


def compare(company: Company, rounds: int) -> list[measure.ChildRun]:
    """Build a late day in each round, each time another one.

    What dbt leaves of its SQL is then as it was before: the other benchmarks read it.
    """
    call = build.DbtCall(**build.start("describe", company).answer)
    late = functools.partial(run_late, company, call)
    with tempfile.TemporaryDirectory(dir=company.folder) as folder:
        kept = shutil.copytree(build.target(company), Path(folder) / "target")
        try:
            return [late(20 + number) for number in range(rounds)]
        finally:
            shutil.rmtree(build.target(company))
            shutil.copytree(kept, build.target(company))


def report(late: Sequence[measure.ChildRun], whole: Sequence[measure.ChildRun]) -> str:
    """Return the table of both builds."""
    runs: Mapping[str, Sequence[measure.ChildRun]] = {
        "a build of everything": whole,
        "a build after one late day": late,
    }
    seconds = {name: measure.totals(runs[name], "seconds") for name in runs}
    cpu_seconds = {name: measure.totals(runs[name], "cpu_seconds") for name in runs}
    return measure.format_table(
        ("", "s", "CPU s", "of the build of everything", "peak"),
        [
            (
                name,
                measure.spread(seconds[name]),
                measure.spread(cpu_seconds[name]),
                f"{measure.ratio_of_medians(seconds[name], measure.totals(whole, 'seconds')):.2f}",
                measure.format_bytes(measure.largest_peak(runs[name])),
            )
            for name in runs
        ],
    )


def main() -> int:
    """Read the command line, build everything once and late days, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.late",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.build has built")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if not company.loaded_warehouse.exists():
        parser.error(f"{company.loaded_warehouse} is not there: run `python -m benchmarks` first")
    call = build.DbtCall(**build.start("describe", company).answer)
    whole = [build.run_dbt(company, call)]
    print(report(compare(company, arguments.rounds), whole))
    return 0


if __name__ == "__main__":
    sys.exit(main())
