"""The figures in Markdown: against the aims first, then every table of every size."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from benchmarks import build, frames, growth, late, load, measure, ties
from benchmarks.companies import Size

PACKAGES = (
    "duckdb", "dbt-core", "dbt-duckdb", "polars", "numpy", "pyarrow", "networkit", "networkx",
    "igraph",
)  # fmt: skip
AIMED_MEMORY_BYTES = 3_000_000_000


@dataclasses.dataclass(frozen=True)
class SizeRuns:
    """All runs at one size, of each benchmark by competitor.

    `frames` are those of data frames, which take hours at a large size, and `structure` is the
    table of what is the same at every size: both of the first size alone.
    """

    size: Size
    load: growth.Runs
    build: growth.Runs
    ties: growth.Runs
    late: Sequence[measure.ChildRun]
    frames: growth.Runs | None = None
    structure: str | None = None

    @property
    def by_benchmark(self) -> dict[str, growth.Runs]:
        """The runs by the benchmark's name."""
        return {"load": self.load, "build": self.build, "ties": self.ties}


@dataclasses.dataclass(frozen=True)
class Aim:
    """A figure and what it should be: at most `bound`, or at least."""

    what: str
    figure: float
    bound: float
    unit: str = ""
    is_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side of the bound."""
        return self.figure >= self.bound if self.is_least else self.figure <= self.bound

    def row(self) -> tuple[str, str, str, str]:
        """Return the figure's row of a table."""
        side = "at least" if self.is_least else "at most"
        return (
            self.what,
            f"{side} {self.bound:g}{self.unit}",
            f"{self.figure:.2f}{self.unit}",
            "yes" if self.holds else "**no**",
        )


def _ratio(runs: growth.Runs, name: str, reference: str) -> float:
    return measure.ratio_of_medians(
        measure.totals(runs[name], "seconds"), measure.totals(runs[reference], "seconds")
    )


def grown(measured: Sequence[SizeRuns]) -> dict[str, dict[str, float]]:
    """Return the exponents between the least and the largest size; nothing if there is one size."""
    if len(measured) < 2:
        return {}
    small, large = (pick(measured, key=lambda runs: runs.size.events) for pick in (min, max))
    return growth.exponents(
        small.by_benchmark, large.by_benchmark, small.size.events, large.size.events
    )


def aims(measured: Sequence[SizeRuns]) -> list[Aim]:
    """Return the figures that there are aims for, of all sizes."""
    found = []
    for runs in measured:
        at = f", {runs.size.name}"
        peak = measure.largest_peak(runs.build["dbt"])
        others = build.without_structure(runs.build)
        found += [
            Aim(f"load, times the bare reader{at}", _ratio(runs.load, "tacit", "bare"), 3.0),
            Aim(f"build, times its bare statements{at}", _ratio(runs.build, "dbt", "bare"), 1.5),
            Aim(
                f"all but the network's structure, times its bare statements{at}",
                measure.ratio_of_medians(others["dbt"], others["bare"]),
                1.5,
            ),
            Aim(f"peak memory of the build{at}", peak / 1e9, AIMED_MEMORY_BYTES / 1e9, " GB"),
        ]
        found.append(
            Aim(
                f"ties, times faster than {ties.REFERENCE}{at}",
                _ratio(runs.ties, ties.REFERENCE, ties.INT_TIES),
                3.0,
                is_least=True,
            )
        )
        of_build = measure.totals(runs.build["dbt"], "seconds")
        found += [
            Aim(
                f"{name}, times tacit's build{at}",
                measure.ratio_of_medians(measure.totals(of_library, "seconds"), of_build),
                frames.AIMS[name],
                is_least=True,
            )
            for name, of_library in (runs.frames or {}).items()
        ]
    if measured:
        largest = max(measured, key=lambda runs: runs.size.events)
        of_whole = measure.ratio_of_medians(
            measure.totals(largest.late, "seconds"),
            measure.totals(largest.build["dbt"], "seconds"),
        )
        found.append(
            Aim(f"a late day, part of the whole build, {largest.size.name}", of_whole, 0.25)
        )
    for what, exponents in grown(measured).items():
        if what in ("load", "build"):
            found.append(Aim(f"growth exponent of the {what}", exponents["wall clock"], 1.2))
    return found


def write_summary(measured: Sequence[SizeRuns], circumstances: str) -> str:
    """Return the figures against the aims, and under which circumstances they were measured."""
    table = measure.format_table(
        ("", "aim", "measured", "holds"), [aim.row() for aim in aims(measured)]
    )
    return f"{table}\n{circumstances}\n"


def write_results(measured: Sequence[SizeRuns], circumstances: str) -> str:
    """Return the page of all figures."""
    parts = [
        "# Results\n",
        "Written by `python -m benchmarks`; what each figure is, is said in"
        " [README.md](README.md).\n",
        write_summary(measured, circumstances),
    ]
    parts += [write_size(runs) for runs in measured]
    exponents = grown(measured)
    if exponents:
        parts += ["## Growth with the number of events, exponents\n", growth.report(exponents)]
    return "\n".join(parts)


def write_size(runs: SizeRuns) -> str:
    """Return the section of one size: all its tables."""
    size = runs.size
    return "\n".join(
        [
            f"## {size.name}: {size.people:,} people, {size.events:,} events\n",
            *("### Load\n", load.report(runs.load)),
            *("### Build\n", build.report(runs.build)),
            *("### What takes the build longest\n", build.report_slowest(runs.build)),
            *("### Trailing-window ties\n", ties.report(runs.ties)),
            *("### A late day\n", late.report(runs.late, runs.build["dbt"])),
            *(
                ("### By data frames\n", frames.report(runs.frames, runs.build["dbt"]))
                if runs.frames
                else ()
            ),
            *(("### Structure of made-up networks\n", runs.structure) if runs.structure else ()),
        ]
    )


def describe_circumstances(
    date: str, rounds: int, load_average: float, packages: Sequence[str] = PACKAGES
) -> str:
    """Return date, machine, versions, rounds, and how busy the machine was at the start."""
    times = "once" if rounds == 1 else f"{rounds} times"
    return (
        f"{date}, each measured {times}; load of the machine before: {load_average:.1f}."
        f" {measure.describe_machine()}; {measure.describe_versions(packages)}."
    )
