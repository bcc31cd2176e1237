"""How load and build grow with the number of events: the exponent of a power law through two sizes.

An exponent of 1 is as much longer as there are more events; above 1, a larger company pays more for
each event.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks import measure

Runs = Mapping[str, Sequence[measure.ChildRun]]

WHAT = {
    "load": ("load", "tacit"),
    "build": ("build", "dbt"),
    "the build's statements, bare": ("build", "bare"),
}
"""What is shown, by its name: the benchmark and the competitor that it is."""

KINDS = {"wall clock": "seconds", "CPU": "cpu_seconds"}


def exponent(
    small: Sequence[float], large: Sequence[float], small_events: int, large_events: int
) -> float:
    """Return the exponent by which the medians of two sizes' measurements grow with the events."""
    return math.log(measure.ratio_of_medians(large, small)) / math.log(large_events / small_events)


def exponents(
    small: Mapping[str, Runs], large: Mapping[str, Runs], small_events: int, large_events: int
) -> dict[str, dict[str, float]]:
    """Return the exponents by what has grown and in which kind of time.

    `small` and `large` have the runs of each benchmark at that size.
    """
    return {
        name: {
            label: exponent(
                *(measure.totals(runs[benchmark][competitor], kind) for runs in (small, large)),
                small_events,
                large_events,
            )
            for label, kind in KINDS.items()
        }
        for name, (benchmark, competitor) in WHAT.items()
    }


def report(grown: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table of exponents."""
    rows = [(name, *(f"{grown[name][label]:.2f}" for label in KINDS)) for name in grown]
    return measure.format_table(("", *KINDS), rows)
