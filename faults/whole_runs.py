"""`tacit run` as a person types it: killed at random moments, and told to stop.

What a whole run has and its stages by themselves have not: Dagster's storage and its pool, dbt as a
child of its own, the order of the steps. A watcher looks at the publication all the time.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dagster_pipelines import publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import repository
from faults import stages, victims
from faults.companies import Victim
from faults.comparison import (
    WITH_TABLES,
    differences,
    is_torn,
    litter,
    published_hashes,
    shortcomings_of_publication,
    unbalanced,
    warehouse_hashes,
    what_is_held,
)
from faults.kills import MOST_IN_A_ROW, States, Tally

# As typed at a terminal: what a script puts into the background is deaf to SIGINT.
_LISTEN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
TACIT = (sys.executable, "-c", f"{_LISTEN}; from dagster_pipelines.__main__ import main; main()")
WHOLE_RUN = "whole run"
LONGEST_SECONDS = 600
GONE_SECONDS = 10.0
# dbt looks for its parent five times a second.
PATIENCE_SECONDS = 2.0

STOPPED = {
    signal.SIGTERM: {1, 130, 128 + signal.SIGTERM},
    signal.SIGINT: {1, 130, 128 + signal.SIGINT},
}
"""Exit statuses of a run that is told to stop: 1 of a run that was stopped; 130 before there is one
or while its summary is printed; 128 and the signal's number where it had to be ended. A signal that
comes before Python can hear it ends the process in the system's way."""


def environment(**said: str) -> dict[str, str]:
    """Return the environment of a command of tacit that runs from this checkout."""
    return {**os.environ, "PYTHONPATH": str(repository()), **said}


def start(victim: Victim, *arguments: str, **said: str) -> subprocess.Popen[str]:
    """Start a command of tacit, by default the whole job, in a process of its own."""
    return subprocess.Popen(
        [*TACIT, *(arguments or ("run",)), "--config", str(victim.config)],
        cwd=victim.folder,
        env=environment(**said),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(victim: Victim, *arguments: str, **said: str) -> tuple[int, str]:
    """Run a command of tacit to its end; return its exit status and all that it said."""
    with start(victim, *arguments, **said) as process:
        try:
            printed, _ = process.communicate(timeout=LONGEST_SECONDS)
        finally:
            process.kill()
    return process.returncode, printed


def kills(states: States, wanted: int, seed: int, say: Callable[[str], None]) -> Tally:
    """Kill whole runs at moments drawn evenly from the duration of one."""
    tally, chance = Tally(WHOLE_RUN), random.Random(f"{seed}/whole")
    duration = _duration(states)
    while tally.kills < wanted:
        tally.trials += 1
        victim = states.stock.copy(states.before, "victim", "newer")
        with watched(victim.settings, tally):
            for _ in range(min(chance.randint(1, MOST_IN_A_ROW), wanted - tally.kills)):
                _signalled(tally, victim, signal.SIGKILL, chance.uniform(0, duration))
            _next_run(states, tally, victim)
    say(f" whole run: {tally.kills} kills, {len(tally.problems)} problems")
    return tally


def stops(states: States, wanted: int, seed: int, say: Callable[[str], None]) -> list[Tally]:
    """Tell whole runs to stop, by SIGTERM and by SIGINT, each `wanted` times."""
    duration, tallies = _duration(states), []
    for number in STOPPED:
        tally, chance = Tally(number.name), random.Random(f"{seed}/{number.name}")
        tallies.append(tally)
        while tally.kills < wanted:
            tally.trials += 1
            victim = states.stock.copy(states.before, "victim", "newer")
            with watched(victim.settings, tally):
                for _ in range(min(MOST_IN_A_ROW, wanted - tally.kills)):
                    _signalled(tally, victim, number, chance.uniform(0, duration))
                _next_run(states, tally, victim)
        say(f" {number.name}: {tally.kills} signals, {len(tally.problems)} problems")
    return tallies


@contextmanager
def watched(settings: Settings, tally: Tally) -> Iterator[None]:
    """Look at the publication again and again from another process; note what it ever missed."""
    heard, said = os.pipe()
    watcher = os.fork()
    if watcher == 0:
        try:
            os.close(heard)
            _watch(settings, said)
        finally:
            # A fork must not go on as its parent.
            os._exit(0)
    os.close(said)
    try:
        yield
    finally:
        os.kill(watcher, signal.SIGTERM)
        with os.fdopen(heard) as reader:
            tally.note(sorted(set(reader.read().splitlines())), f"trial {tally.trials}, meanwhile")
        os.waitpid(watcher, 0)


def _watch(settings: Settings, said: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        generation = publication.current(settings)
        if generation is None:
            os.write(said, b"there is no publication\n")
        else:
            try:
                publication.verify(generation)
            except (JobError, OSError) as error:
                # One that has been followed by three others may go.
                if publication.current(settings) == generation:
                    os.write(said, f"{error}\n".encode())
        time.sleep(0.02)


def _duration(states: States) -> float:
    """Return the seconds of a whole run that nobody disturbs."""
    return states.seconds_of("whole run", lambda: _seconds_of_a_run(states))


def _seconds_of_a_run(states: States) -> float:
    victim = states.stock.copy(states.before, "rehearsal", "newer")
    began = time.monotonic()
    status, printed = run(victim)
    if status != 0:
        raise victims.VictimFailedError(f"an undisturbed run failed: {printed}")
    return time.monotonic() - began


def _signalled(tally: Tally, victim: Victim, number: signal.Signals, delay: float) -> None:
    """Start a run, send it a signal after so many seconds, look at what is left."""
    with start(victim) as process:
        try:
            printed, _ = process.communicate(timeout=delay)
            tally.too_late += 1
        except subprocess.TimeoutExpired:
            began = time.monotonic()
            process.send_signal(number)
            printed, _ = process.communicate(timeout=LONGEST_SECONDS)
            gone_after = time.monotonic() - began
            tally.kills += 1
            when = f"trial {tally.trials}, signal after {delay:.1f} s"
            if number != signal.SIGKILL:
                tally.recoveries.append(gone_after)
                tally.note(_as_designed(number, process.returncode, gone_after, printed), when)
        finally:
            process.kill()
    until = time.monotonic() + PATIENCE_SECONDS
    while what_is_held(victim.settings) and time.monotonic() < until:
        time.sleep(0.05)
    tally.torn += is_torn(victim.settings)
    when = f"trial {tally.trials}, after {delay:.1f} s"
    tally.note(what_is_held(victim.settings), when)
    tally.note(shortcomings_of_publication(victim.settings), when)


def _as_designed(number: signal.Signals, status: int, seconds: float, printed: str) -> list[str]:
    """Say how a run that was told to stop did not do as it should."""
    problems = []
    if seconds > GONE_SECONDS:
        problems.append(f"gone only after {seconds:.1f} s")
    # Done just before the signal came; or too young to hear it.
    if status not in STOPPED[number] | {0, -number}:
        problems.append(f"exit status {status}")
    if "Traceback" in printed:
        problems.append("a traceback")
    return problems


def _next_run(states: States, tally: Tally, victim: Victim) -> None:
    """Run once more; compare with an undisturbed load and build beside the same vault."""
    when = f"trial {tally.trials}, the next run"
    began = time.monotonic()
    status, printed = run(victim)
    if status != 0:
        tally.note([f"exit status {status}: {_last_lines(printed)}"], when)
        return
    if tally.stage == "whole run":
        tally.recoveries.append(time.monotonic() - began)
    settings = victim.settings
    tally.note(litter(settings) + unbalanced(settings), when)
    generation = publication.current(settings)
    assert generation  # noqa: S101 - it has just been published
    _, expected = states.publications
    tally.note(differences(published_hashes(generation), expected), f"{when}, published")
    raw = states.loaded_undisturbed(victim, from_nothing=False)
    control = Victim(states.stock.folder / "work" / "control")
    victims.run(stages.build(control.settings), states.log)
    wanted = raw | warehouse_hashes(control.settings, WITH_TABLES[1:])
    found = warehouse_hashes(settings, WITH_TABLES)
    tally.note(differences(found, wanted), f"{when}, warehouse")


def _last_lines(printed: str) -> str:
    return " / ".join(line.strip() for line in printed.splitlines()[-6:] if line.strip())
