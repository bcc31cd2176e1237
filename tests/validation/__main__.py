"""Look at effects in companies whose truth is known: what `make validate` runs.

    python -m tests.validation [--companies 400] [--seed 1] [--processes 2]

Each scenario is looked at in so many companies. A run of at least 400 writes the figures of
docs/effects.md. The exit status is 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from benchmarks.pages import put_into_page
from dagster_pipelines.sqlfiles import repository
from tests.validation.figures import figures_of, table
from tests.validation.scenarios import HORIZON_WEEKS, OUTCOME, SCENARIOS
from tests.validation.studies import studies

WHOLE = 400


def say(sentence: str) -> None:
    """Say something on standard error."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    """Read the command line, look at every scenario, print and write the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.validation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--companies", type=int, default=WHOLE, help="of each scenario")
    parser.add_argument("--seed", type=int, default=1, help="of the first; the next ones follow")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    if arguments.companies < 2:
        parser.error("it takes at least two companies")
    seeds = range(arguments.seed, arguments.seed + arguments.companies)
    all_figures = []
    for scenario in SCENARIOS:
        say(scenario.name)
        found = list(studies(scenario, seeds, arguments.processes))
        all_figures.append(figures_of(scenario, found))
        say(table(all_figures[-1:]))
    written = (
        f"{table(all_figures)}\n{OUTCOME}, {HORIZON_WEEKS} weeks; seeds {seeds[0]} to {seeds[-1]};"
        f" {datetime.now(UTC).date().isoformat()}.\n"
    )
    print(written)
    if arguments.companies >= WHOLE:
        put_into_page(repository() / "docs" / "effects.md", written)
    failures = [failure for one in all_figures for failure in one.failures]
    for failure in failures:
        say(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
