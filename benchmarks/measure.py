"""What all benchmarks share: measured child processes, medians and ratios, and tables of results.

Each competitor runs in a child process of its own, so that its peak memory is its own, and the
rounds of all competitors are interleaved, so that a busy machine slows all of them alike. What
counts is the ratio of medians; seconds are given beside it.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

MEBIBYTE = 1_048_576
UNIT_OF_PEAK = 1 if sys.platform == "darwin" else 1_024
"""Bytes in the unit in which the operating system gives a process's peak memory."""


class ChildFailedError(Exception):
    """A measured process ended with an error; the message is its command and exit status."""


@dataclasses.dataclass(frozen=True)
class ChildRun:
    """One run of a child process.

    `seconds` of wall clock and `cpu_seconds` (user and system) are of the whole process, its start
    included; `peak_bytes` is its largest resident set. `answer` is the JSON object on the last line
    that it printed, empty if that line is none.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    answer: Mapping[str, Any]


def run_child(command: Sequence[str], environment: Mapping[str, str] | None = None) -> ChildRun:
    """Run a command to its end and measure it; its standard error is passed through.

    The peak is the child's own (wait4), not the largest of all children so far. Linux counts into
    it the parent's memory at the fork, so call this from a small process.

    Raises
    ------
    ChildFailedError
        The command ended with another exit status than 0.
    """
    started = time.perf_counter()
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    output = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise ChildFailedError(f"{' '.join(command)} ended with status {child.returncode}")
    return ChildRun(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * UNIT_OF_PEAK,
        answer=read_answer(output),
    )


def read_answer(output: str) -> Mapping[str, Any]:
    """Return the JSON object on the last line of a process's output; empty if there is none."""
    lines = output.strip().splitlines()
    try:
        answer = json.loads(lines[-1])
    except (IndexError, json.JSONDecodeError):
        return {}
    return answer if isinstance(answer, dict) else {}


def peak_bytes() -> int:
    """Return the largest resident set of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT_OF_PEAK


def interleave(
    competitors: Mapping[str, Callable[[], ChildRun]], rounds: int
) -> dict[str, list[ChildRun]]:
    """Run every competitor once a round, for so many rounds; return the runs of each, by name.

    Every other round goes backwards, so that nobody always follows the same neighbour. How far it
    is, is said on standard error.
    """
    runs: dict[str, list[ChildRun]] = {name: [] for name in competitors}
    for number in range(rounds):
        names = list(competitors) if number % 2 == 0 else list(competitors)[::-1]
        for name in names:
            run = competitors[name]()
            runs[name].append(run)
            print(f"  round {number + 1}, {name}: {run.seconds:.1f} s", file=sys.stderr, flush=True)
    return runs


class Stopwatch:
    """Seconds of wall clock and of this process's CPU time between one `lap` and the next."""

    def __init__(self) -> None:
        """Start."""
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """Note the time since the last lap under the name."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.seconds[name] = wall - self._wall
        self.cpu_seconds[name] = cpu - self._cpu
        self._wall, self._cpu = wall, cpu

    def as_answer(self) -> dict[str, Any]:
        """Return what a child process answers: times by lap, and the peak memory so far."""
        return {
            "seconds": self.seconds,
            "cpu_seconds": self.cpu_seconds,
            "peak_bytes": peak_bytes(),
        }


def totals(runs: Iterable[ChildRun], kind: str) -> list[float]:
    """Return the sum of the laps that each run answered; kind is `seconds` or `cpu_seconds`."""
    return [sum(run.answer[kind].values()) for run in runs]


def largest_peak(runs: Iterable[ChildRun]) -> int:
    """Return the largest peak of memory that a run answered, in bytes; else that of its process."""
    return max(run.answer.get("peak_bytes", run.peak_bytes) for run in runs)


@dataclasses.dataclass(frozen=True)
class Spread:
    """The median of a few measurements, with the least and the greatest; any unit."""

    median: float
    least: float
    greatest: float

    def __str__(self) -> str:
        """Return, for instance, `1.86 (1.81-2.02)`."""
        return f"{self.median:.2f} ({self.least:.2f}-{self.greatest:.2f})"


def spread(values: Iterable[float]) -> Spread:
    """Return the spread of one or more measurements."""
    numbers = sorted(values)
    return Spread(statistics.median(numbers), numbers[0], numbers[-1])


def ratio_of_medians(values: Sequence[float], reference: Sequence[float]) -> float:
    """Return how many times the median of the values is that of the reference."""
    return statistics.median(values) / statistics.median(reference)


def format_bytes(size: float) -> str:
    """Return a size in MiB or GiB, for people."""
    if size < 1_024 * MEBIBYTE:
        return f"{size / MEBIBYTE:.0f} MiB"
    return f"{size / MEBIBYTE / 1_024:.2f} GiB"


def describe_machine() -> str:
    """Return processor, number of usable cores, memory and operating system, in one line."""
    processor = platform.processor() or platform.machine()
    cpu_information = Path("/proc/cpuinfo")
    if cpu_information.exists():
        for line in cpu_information.read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = f"{platform.system()} {platform.release()}"
    return f"{processor}, {count_cores()} cores, {format_bytes(memory)}, {system}"


def count_cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_versions(packages: Iterable[str]) -> str:
    """Return the versions of Python and of the packages named that are installed."""
    versions = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(versions)


def format_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table, the first column to the left, the others to the right."""
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|",
    ]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
