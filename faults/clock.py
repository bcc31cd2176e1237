"""A clock that jumps, between runs and in the middle of them, by years and both ways.

With faketime (Debian's package of that name) every process of a run sees the jumping clock, DuckDB
and dbt too. Without it, Python's `time.time` and the product's own clocks are moved by
`faults.jumping`. Times of files stay what they are, so a clock that went back sees exports and
databases of the future.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.sqlfiles import repository
from faults import whole_runs
from faults.companies import Victim
from faults.comparison import differences, litter, published_hashes, unbalanced
from faults.kills import States

DAYS_BETWEEN_RUNS = (3650, -90, 0, 20_000, -200, 400)
"""By how much the clock is off, run for run."""

NEVER_SET = -20_000
JUMPS_WITHIN = (3650, -100)


@dataclass
class Jumps:
    """How many runs had a jumping clock, with what means, and what went wrong."""

    means: str
    runs: int = 0
    jumps: int = 0
    problems: list[str] = field(default_factory=list)


class JumpingClock:
    """A clock for child processes that is off by as many days as a file says at each moment."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._library = _faketime_library()
        self.means = "faketime" if self._library else "Python's clocks moved; no faketime here"
        self.set(0)

    def set(self, days: int) -> None:
        """Let the clock be off by so many days from now on."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{days:+d}d\n", encoding="ascii")
        draft.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        """The variables under which a process has this clock."""
        if self._library:
            return {
                "LD_PRELOAD": self._library,
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        return {"FAULTS_CLOCK": str(self._file)}

    @property
    def command(self) -> tuple[str, ...]:
        """How tacit is started under this clock."""
        if self._library:
            return whole_runs.TACIT
        return (sys.executable, "-m", "faults.jumping")


def campaign(states: States, seed: int, say: Callable[[str], None]) -> Jumps:
    """Run under each clock; what is published must be the last run's, whole, and the same."""
    clock = JumpingClock(states.stock.folder)
    done, chance = Jumps(clock.means), random.Random(f"{seed}/clock")
    victim = states.stock.copy(states.before, "victim", "newer")
    _, expected = states.publications
    before = publication.current(victim.settings)
    kept = [before.name] if before else []
    seconds = 0.0
    for days in DAYS_BETWEEN_RUNS:
        clock.set(days)
        began = time.monotonic()
        status, printed = _run(victim, clock, [])
        seconds = time.monotonic() - began
        done.jumps += 1
        _look(done, victim, status, printed, kept, expected, f"{days:+d} days")
    for days in JUMPS_WITHIN:
        clock.set(0)
        moments = [(chance.uniform(0.1, 0.4) * seconds, days), (0.3 * seconds, 0)]
        status, printed = _run(victim, clock, moments)
        done.jumps += 2
        _look(done, victim, status, printed, kept, expected, f"{days:+d} days and back, meanwhile")
    clock.set(NEVER_SET)
    status, printed = _run(victim, clock, [])
    done.runs, done.jumps = done.runs + 1, done.jumps + 1
    if status != 1 or "The clock of this machine says" not in printed or "Traceback" in printed:
        done.problems.append(f"a clock that was never set: exit status {status}")
    came = f"{done.runs} runs, {done.jumps} jumps, {len(done.problems)} problems"
    say(f" clock: {came} ({done.means})")
    return done


def _run(victim: Victim, clock: JumpingClock, moments: list[tuple[float, int]]) -> tuple[int, str]:
    """Run under the clock, which jumps after so many seconds each."""
    with subprocess.Popen(
        [*clock.command, "run", "--config", str(victim.config)],
        cwd=victim.folder,
        env={**whole_runs.environment(), **clock.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for pause, days in moments:
            time.sleep(pause)
            clock.set(days)
        printed, _ = process.communicate(timeout=whole_runs.LONGEST_SECONDS)
    return process.returncode, printed


def _look(
    done: Jumps,
    victim: Victim,
    status: int,
    printed: str,
    kept: list[str],
    expected: dict[str, tuple[int, str]],
    when: str,
) -> None:
    """See that this run's generation is published, is the first of those kept, and is right."""
    done.runs += 1
    settings = victim.settings
    generation = publication.current(settings)
    if status != 0 or generation is None or "Traceback" in printed:
        done.problems.append(f"{when}: exit status {status}: {printed.strip().splitlines()[-1:]}")
        return
    kept.append(generation.name)
    wanted = kept[: -publication.GENERATIONS_KEPT - 1 : -1]
    found = [path.name for path in publication.generations(settings)]
    if found != wanted:
        done.problems.append(f"{when}: other generations are kept than the last three")
    if kept.count(generation.name) > 1:
        done.problems.append(f"{when}: an earlier run's generation")
    kept_problems = [*litter(settings), *unbalanced(settings)]
    kept_problems += differences(published_hashes(generation), expected)
    done.problems += [f"{when}: {one}" for one in kept_problems]


def _faketime_library() -> str | None:
    """Return the library that moves the clock; None where faketime is not installed."""
    faketime, printenv = shutil.which("faketime"), shutil.which("printenv")
    if not faketime or not printenv:
        return None
    asked = [faketime, "-f", "+0d", printenv, "LD_PRELOAD"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=repository())
    return said.stdout.strip() or None
