"""Runs that failed: what is written down of each, and who is told.

Here belongs the record in `<data_dir>/failures.jsonl`, its sentence, and the command that hears it.
How a failure is read off Dagster belongs in `defs.reporting`. Nothing here holds a value out of an
export: steps and checks are ours, and a reason is a sentence that was written for a run's record.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.publication import current
from dagster_pipelines.settings import Notify, Settings

KEPT = 100
"""Failures that are remembered; older ones are forgotten."""


@dataclass(frozen=True)
class Failure:
    """A run that failed.

    `failed_at` is in UTC; `step` is None where the run did not come to its first; `published` is
    the generation that stays published, None where there is none.
    """

    run_id: str
    failed_at: datetime
    step: str | None
    reason: str
    published: str | None

    @property
    def sentence(self) -> str:
        """What an operator is told: when, which step, why, and what people see meanwhile."""
        where = f" in its step {self.step}" if self.step else ""
        stays = f"{self.published} stays published" if self.published else "nothing is published"
        reason = self.reason.rstrip(".")
        when = f"{self.failed_at:%Y-%m-%d %H:%M} UTC"
        return f"The run that ended at {when} failed{where}: {reason}; {stays}."


def failure(settings: Settings, run_id: str, step: str | None, reason: str) -> Failure:
    """Return the failure of a run that has ended just now."""
    generation = current(settings)
    return Failure(run_id, datetime.now(UTC), step, reason, generation.name if generation else None)


def failures_path(settings: Settings) -> Path:
    """Return the path of the failures' file."""
    return settings.data_path / "failures.jsonl"


def failures(settings: Settings) -> list[Failure]:
    """Return the failures that are remembered, oldest first; a line that is not whole is none."""
    try:
        lines = failures_path(settings).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [found for line in lines if (found := _read(line)) is not None]


def write_down(settings: Settings, new: Failure) -> bool:
    """Add a failure to the file (mode 0600); False if that run's is there already."""
    known = failures(settings)
    if any(old.run_id == new.run_id for old in known):
        return False
    path = failures_path(settings)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{_written(one)}\n" for one in [*known, new][-KEPT:])
    fresh.replace(path)
    return True


def notify(command: Notify, sentence: str) -> str | None:
    """Give a sentence to the command's standard input; return what went wrong, None if nothing.

    What the command says itself goes where this process's output goes.
    """
    try:
        done = subprocess.run(
            command.command,
            input=f"{sentence}\n",
            text=True,
            timeout=command.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"notify.command took longer than {command.timeout_seconds} s and was ended."
    except OSError as error:
        return f"notify.command cannot be started ({error.strerror})."
    return f"notify.command ended with status {done.returncode}." if done.returncode else None


def report(settings: Settings, new: Failure) -> list[str]:
    """Write a failure down and tell whoever is to be told; return the lines for the log.

    A run is reported once, however often it is asked.
    """
    if not write_down(settings, new):
        return []
    problem = notify(settings.notify, new.sentence) if settings.notify else None
    return [new.sentence, *([problem] if problem else [])]


def _written(one: Failure) -> str:
    return json.dumps({**asdict(one), "failed_at": one.failed_at.isoformat(timespec="seconds")})


def _read(line: str) -> Failure | None:
    try:
        said = json.loads(line)
        return Failure(**{**said, "failed_at": datetime.fromisoformat(said["failed_at"])})
    except (ValueError, KeyError, TypeError):
        return None
