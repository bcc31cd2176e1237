"""Whether it ends at all: 50 000 people and 100 million events on one machine.

    python -m benchmarks.huge [--folder DIR] [--memory 12GB]

The exports are made (once; they are kept), loaded and built, each once, DuckDB's memory limited as
it says: nothing is compared. It takes hours and about 80 GB of disk; what it took is printed, and
written into DIR.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

from benchmarks import build, companies, measure

DEFAULT_FOLDER = Path(__file__).resolve().parent / "data"
SIZE = companies.Size("huge", 50_000, 100_000_000)
GIGABYTE = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Stage:
    """What a stage took: seconds, the most memory of its process, and the warehouse after it."""

    name: str
    seconds: float
    peak_bytes: int
    warehouse_bytes: int


def run_stages(company: companies.Company, memory: str) -> list[Stage]:
    """Load the company's exports and build its warehouse, each in a process of its own."""
    limits = {"TACIT_MEMORY_LIMIT": memory, "TACIT_THREADS": str(measure.count_cores())}
    companies.forget_load(company)
    loader = [sys.executable, "-m", "benchmarks.load", str(company.folder)]
    stages = [_stage("load", company, [*loader, "--competitor", "tacit"], limits)]
    call = build.DbtCall(**build.start("describe", company).answer)
    stages.append(_stage("build", company, call.command, {**call.environment, **limits}))
    return stages


def _stage(
    name: str, company: companies.Company, command: list[str], environment: dict[str, str]
) -> Stage:
    print(f"{name} ...", file=sys.stderr, flush=True)
    run = measure.run_child(command, environment)
    return Stage(name, run.seconds, run.peak_bytes, company.warehouse.stat().st_size)


def report(stages: list[Stage], memory: str) -> str:
    """Return the table of the stages."""
    table = measure.format_table(
        ("", "minutes", "peak of memory", "warehouse"),
        [
            (
                stage.name,
                f"{stage.seconds / 60:.0f}",
                measure.format_bytes(stage.peak_bytes),
                f"{stage.warehouse_bytes / GIGABYTE:.1f} GB",
            )
            for stage in stages
        ],
    )
    return (
        f"{table}\n{SIZE.people:,} people, {SIZE.events:,} events; DuckDB's memory limited to"
        f" {memory}; {time.strftime('%Y-%m-%d')}. {measure.describe_machine()}.\n"
    )


def main() -> int:
    """Read the command line, run the stages, print and write what they took."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.huge",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--memory", default="12GB", help="DuckDB's limit")
    arguments = parser.parse_args()
    company = companies.prepare(arguments.folder, SIZE)
    written = report(run_stages(company, arguments.memory), arguments.memory)
    print(written)
    (arguments.folder / "huge.md").write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
