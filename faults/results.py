"""The figures: for a machine in JSON, for a page in Markdown."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from faults.clock import Jumps
from faults.disk import FullDisk
from faults.flips import Damages
from faults.kills import Tally
from faults.readers import Reading

PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations")


@dataclasses.dataclass
class Results:
    """Everything that a campaign did, part by part; what it left out is None or empty."""

    seed: int
    began: str
    minutes: float = 0.0
    machine: str = ""
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    kills: list[Tally] = dataclasses.field(default_factory=list)
    stops: list[Tally] = dataclasses.field(default_factory=list)
    disk: FullDisk | None = None
    clock: Jumps | None = None
    flips: list[Damages] = dataclasses.field(default_factory=list)
    readers: Reading | None = None
    publications: Reading | None = None

    @property
    def problems(self) -> list[str]:
        """Whatever went wrong anywhere."""
        singles = self.disk, self.clock, self.readers, self.publications
        single = [part for part in singles if part]
        parts = (*self.kills, *self.stops, *self.flips, *single)
        return [problem for part in parts for problem in part.problems]

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return dataclasses.asdict(self) | {"number_of_problems": len(self.problems)}


def begun(seed: int) -> Results:
    """Return empty results with the circumstances."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Results(
        seed=seed,
        began=datetime.now(UTC).isoformat(timespec="minutes"),
        machine=(
            f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors,"
            f" {memory:.0f} GB of memory, load {os.getloadavg()[0]:.1f} at the start"
        ),
        versions={"python": platform.python_version()}
        | {package: importlib.metadata.version(package) for package in PACKAGES},
    )


def written(results: Results) -> str:
    """Return the figures in Markdown, and the circumstances."""
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    return (
        f"{tables(results)}\n"
        f"Begun {results.began}, {results.minutes:.0f} minutes, seed {results.seed}."
        f" {results.machine}; {versions}."
    )


def tables(results: Results) -> str:
    """Return the figures in Markdown, a table for each kind of part that was done."""
    parts = [_kills(results.kills), _stops(results.stops)]
    parts += [_disk(results.disk), _clock(results.clock), _flips(results.flips)]
    parts += [_readers(results.readers), _readers(results.publications)]
    return "\n".join(part for part in parts if part)


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _seconds(seconds: Sequence[float]) -> tuple[str, str]:
    if not seconds:
        return "", ""
    return f"{statistics.median(seconds):.1f} s", f"{max(seconds):.1f} s"


def _kills(tallies: Sequence[Tally]) -> str:
    if not tallies:
        return ""
    rows: list[Sequence[object]] = [
        (one.stage, one.kills, one.torn, one.trials, *_seconds(one.recoveries), len(one.problems))
        for one in tallies
    ]
    rows.append(
        (
            "all",
            sum(one.kills for one in tallies),
            sum(one.torn for one in tallies),
            sum(one.trials for one in tallies),
            *("", ""),
            sum(len(one.problems) for one in tallies),
        )
    )
    header = (
        *("killed in", "kills", "databases torn", "next runs", "median of these", "longest"),
        "problems",
    )
    return _table(header, rows)


def _stops(tallies: Sequence[Tally]) -> str:
    if not tallies:
        return ""
    header = ("signal", "sent", "gone after, median", "longest", "problems")
    rows = [(one.stage, one.kills, *_seconds(one.recoveries), len(one.problems)) for one in tallies]
    return _table(header, rows)


def _disk(disk: FullDisk | None) -> str:
    if disk is None:
        return ""
    if disk.left_out:
        return f"Full disk: left out, since {disk.left_out}.\n"
    rows = [
        (stage, len(left), ", ".join(f"{one:,}".replace(",", " ") for one in sorted(left)))
        for stage, left in disk.met.items()
    ]
    said = f"{disk.recovered} next runs with room again, {len(disk.problems)} problems.\n"
    return _table(("no room any more in", "runs", "bytes left at the start"), rows) + "\n" + said


def _clock(clock: Jumps | None) -> str:
    if clock is None:
        return ""
    return (
        f"Clock: {clock.runs} runs with {clock.jumps} jumps ({clock.means}),"
        f" {len(clock.problems)} problems.\n"
    )


def _flips(tallies: Sequence[Damages]) -> str:
    if not tallies:
        return ""
    rows = [(one.kind, one.done, one.noticed, len(one.problems)) for one in tallies]
    return _table(("damage", "done", "noticed", "problems"), rows)


def _readers(reading: Reading | None) -> str:
    if reading is None:
        return ""
    return (
        f"Readers: {reading.readers} processes, {reading.promotions} promotions,"
        f" {reading.polls} polls of {reading.seen} publications (median"
        f" {reading.median_seconds:.2f} s, longest {reading.longest_seconds:.2f} s;"
        f" {reading.begun_again} begun again), {len(reading.problems)} problems.\n"
    )
