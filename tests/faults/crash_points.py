"""Publishes again and again and dies by SIGKILL, each time one line of `publication` later.

Lines of `durable`, which waits for the disk, are lines of it.

A process of its own, started by `test_publication_crash`: it forks a child for every death, so that
nothing has to be imported anew, and says what the child left, one JSON object a line.

    python -m tests.faults.crash_points DATA_FOLDER STRIDE
"""

from __future__ import annotations

import json
import os
import signal
import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from dagster_pipelines import durable, publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.run_lock import is_busy, run_lock
from dagster_pipelines.settings import Settings
from tests.harness.published import opened_for_writing, settings_in


def main() -> None:
    """Die at every STRIDE-th line until a publication comes to its end."""
    settings, stride = settings_in(Path(sys.argv[1])), int(sys.argv[2])
    for turn in count(1):
        stamp(settings, turn)
        died_at = publish_and_die(settings, turn * stride)
        say(died_at=died_at, **state(settings))
        if died_at is None:
            return
        if turn % 10 == 0:
            # A clean run in between: what the dead left lying about is in nobody's way.
            with run_lock(settings):
                publication.promote(publication.write_candidate(settings, f"clean{turn}"))
            say(died_at="nowhere", **state(settings))


def stamp(settings: Settings, turn: int) -> None:
    """Make this turn's publication different from the ones before."""
    with opened_for_writing(settings) as connection:
        connection.execute("update bi.release set events = ?", [turn])
        connection.execute("update bi.data_quality set events = ?", [turn])


def publish_and_die(settings: Settings, line: int) -> str | None:
    """Publish in a child that is killed at its `line`-th line; return where, None if it lived."""
    said, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said)
        sys.settrace(Killer(line, told))
        with run_lock(settings):
            publication.promote(publication.write_candidate(settings, "victim"))
        os._exit(0)
    os.close(told)
    with os.fdopen(said) as reader:
        where = reader.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return where
    if status != 0:
        raise RuntimeError("the child failed by itself")
    return None


class Killer:
    """A trace function that counts the lines of these modules and dies at one of them."""

    def __init__(self, line: int, told: int) -> None:
        self.left, self.told = line, told

    def __call__(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in (publication.__file__, durable.__file__):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.write(self.told, f"{frame.f_code.co_name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def state(settings: Settings) -> dict[str, Any]:
    """Return what is published, whether it is whole, and which turn it is of."""
    generation = publication.current(settings)
    if generation is None:
        return {"turn": None, "problem": None, "is_busy": is_busy(settings)}
    problem, turns = None, set()
    try:
        publication.verify(generation)
        with publication.open_published(generation) as connection:
            turns = set(
                connection.execute(
                    "select events from bi.release union select events from bi.data_quality"
                ).fetchall()
            )
    except JobError as error:
        problem = str(error)
    if len(turns) != 1:
        problem = problem or "the tables are of different turns"
    [(turn,)] = list(turns) or [(None,)]
    return {"turn": turn, "problem": problem, "is_busy": is_busy(settings)}


def say(**what: Any) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
