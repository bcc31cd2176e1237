"""One run at a time: an operating-system lock on `<data_dir>/run.lock`.

Here belongs who may write: taking the lock, saying who has it. The kernel frees the lock when the
process that holds it dies, however it dies, so there is nothing to clean up by hand. What a dead
run left behind is cleared elsewhere: its Dagster records in `dagster_home`, half-written candidates
in `publication`.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings

# A sensor or schedule holds the lock for milliseconds while it looks for dead runs; whoever wants
# to run waits for as long as this, then says that the lock is busy.
PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Holder:
    """The process that has the lock, as it wrote itself down."""

    process: int
    since: datetime


def lock_path(settings: Settings) -> Path:
    """Return the path of the lock file of a company's data folder."""
    return settings.data_path / "run.lock"


@contextmanager
def run_lock(settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock for as long as the block lasts.

    Raises
    ------
    JobError
        Somebody else has it and keeps it for longer than `patience_seconds`.
    """
    path = lock_path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _acquired(descriptor, patience_seconds):
            raise JobError(_busy_sentence(holder(settings)))
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def is_busy(settings: Settings) -> bool:
    """Tell whether a run is at work at this moment."""
    try:
        descriptor = os.open(lock_path(settings), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _acquired(descriptor, patience_seconds=0)
    finally:
        os.close(descriptor)


def holder(settings: Settings) -> Holder | None:
    """Return who signed the lock file last; None if nobody did, or not legibly."""
    try:
        said = json.loads(lock_path(settings).read_text(encoding="ascii"))
        return Holder(int(said["process"]), datetime.fromisoformat(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _acquired(descriptor: int, patience_seconds: float) -> bool:
    """Try for the lock until it is ours or patience is at its end."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE_SECONDS)
        else:
            return True


def _sign(descriptor: int) -> None:
    """Write down who holds the lock and since when, for the sentence of those who come later."""
    said = {"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(said).encode("ascii"), 0)


def _busy_sentence(who: Holder | None) -> str:
    if who is None:
        return "Another run is at work; wait until it has ended."
    since = f"{who.since:%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"Another run is at work (since {since}, process {who.process}); "
        "wait until it has ended, or end that process."
    )
