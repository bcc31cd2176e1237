"""Measure everything, side by side, and write the figures: what `make bench` runs.

    python -m benchmarks [--sizes small,large] [--rounds 3] [--folder DIR]

For each size a company's exports are made (once; they are kept in DIR), loaded, built, their ties
counted, each against its competitors, and a late day is built. At the first size the same metrics
are computed by data frames too, and the structure of made-up networks is reckoned. A run of all of
`small,large` writes `results.md` and the figures of `README.md` beside this file; any other writes
`results.md` in DIR. `tiny` is a third size, to try the benchmarks out.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import build, companies, frames, late, load, pages, results, structure, ties

HERE = Path(__file__).resolve().parent
DEFAULT_FOLDER = HERE / "data"
FULL_SIZES = ["small", "large"]


def say(sentence: str) -> None:
    """Say on standard error how far the run is."""
    print(sentence, file=sys.stderr, flush=True)


def measure_size(
    size: companies.Size, folder: Path, rounds: int, *, is_first: bool
) -> results.SizeRuns:
    """Make the company if need be, and measure load, build and ties, one after the other.

    Data frames are too slow for a large size, and the structure of made-up networks is the same at
    every size: both are measured at the first alone.
    """
    say(f"{size.name}: {size.people:,} people, {size.events:,} events in {folder / size.name}")
    company = companies.prepare(folder, size)
    say(" load")
    loads = load.compare(company, rounds)
    companies.copy_database(company.warehouse, company.loaded_warehouse)
    say(" build")
    builds = build.compare(company, rounds)
    say(" ties")
    tied = ties.compare(company, rounds)
    framed, structured = None, None
    if is_first:
        say(" data frames")
        framed = frames.compare(company, rounds)
        say(" structure")
        # A late day leaves other SQL than that of a whole build.
        structured = structure.report(structure.compare(company, rounds), company)
    say(" a late day")
    late_day = late.compare(company, rounds)
    return results.SizeRuns(size, loads, builds, tied, late_day, framed, structured)


def read_sizes(text: str) -> list[companies.Size]:
    """Return the sizes of a list of names with commas between.

    Raises
    ------
    argparse.ArgumentTypeError
        There is no size of such a name.
    """
    names = text.split(",")
    unknown = [name for name in names if name not in companies.SIZES]
    if unknown:
        known = ", ".join(companies.SIZES)
        raise argparse.ArgumentTypeError(f"there is no size {unknown[0]!r}; there are {known}")
    return [companies.SIZES[name] for name in names]


def main() -> int:
    """Read the command line, measure, print and write the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=read_sizes, default=",".join(FULL_SIZES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("it takes at least one round")
    circumstances = results.describe_circumstances(
        datetime.now(UTC).date().isoformat(), arguments.rounds, os.getloadavg()[0]
    )
    measured = []
    for place, size in enumerate(arguments.sizes):
        runs = measure_size(size, arguments.folder, arguments.rounds, is_first=place == 0)
        measured.append(runs)
        say(results.write_size(measured[-1]))
    page = results.write_results(measured, circumstances)
    print(page)
    if [size.name for size in arguments.sizes] == FULL_SIZES:
        (HERE / "results.md").write_text(page, encoding="utf-8")
        pages.put_into_page(HERE / "README.md", results.write_summary(measured, circumstances))
    else:
        (arguments.folder / "results.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
