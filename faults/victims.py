"""Processes that are killed: forked from this one, with everything imported, at random moments.

A whole run takes half a minute, most of it imports. Here a stage of the job is run by itself in a
fork: the same functions on the same files, in a process of its own that dies as any other. That the
whole job, as it is typed, stands the same is shown by fewer, longer trials (`faults.whole_runs`).
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# What a stage is given: how to say that the part in which it may be killed has begun.
Begun = Callable[[], None]
Work = Callable[[Begun], None]

LONGEST_SECONDS = 300


class VictimFailedError(Exception):
    """A stage failed by itself, without having been killed."""


@dataclass(frozen=True)
class Death:
    """How a forked stage ended: killed (or done before the signal came), and after how long."""

    killed: bool
    seconds: float


def import_everything() -> None:
    """Import what the stages need, so that a fork need not. Starts no thread and opens no file."""
    import dbt.adapters.duckdb
    import dbt.cli.main
    import great_expectations

    for module in (dbt.adapters.duckdb, dbt.cli.main, great_expectations):
        assert module.__name__ in sys.modules  # noqa: S101 - imported for its own sake


def run(work: Work, log: Path) -> float:
    """Run a stage in a fork to its end; return the seconds of its part that could be killed.

    Raises
    ------
    VictimFailedError
        It failed; the log says where.
    """
    death = _forked(work, log, None)
    return death.seconds


def kill(work: Work, log: Path, duration: float, chance: random.Random) -> Death:
    """Run a stage in a fork and kill it (-9) at a moment drawn evenly from its duration."""
    return _forked(work, log, chance.uniform(0, duration))


def _forked(work: Work, log: Path, delay: float | None) -> Death:
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _live(work, log, said)
    os.close(said)
    try:
        select.select([heard], [], [], LONGEST_SECONDS)
        began = time.monotonic()
        if delay is not None:
            # The other end closes when the stage is done.
            os.read(heard, 1)
            select.select([heard], [], [], delay)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seconds = time.monotonic() - began
    finally:
        os.close(heard)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and status != 0:
        raise VictimFailedError(f"a stage failed by itself; {log} says where")
    return Death(killed, seconds)


def _live(work: Work, log: Path, said: int) -> None:
    """Do the work and end; what it says goes into the log."""
    status = 1
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        work(lambda: _write(said))
        status = 0
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _write(said: int) -> None:
    os.write(said, b".")
