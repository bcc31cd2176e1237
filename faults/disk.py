"""A disk that is full: the data folder on a small disk of its own (tmpfs), full at every stage.

How much room is left is searched for: with none a run ends at its start, with enough it publishes,
and between the two by halving until every stage has met the full disk. Making a disk takes root and
the right to mount; without them this part says that it was left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.run_lock import run_lock
from faults import stages, victims, whole_runs
from faults.companies import Victim
from faults.comparison import (
    differences,
    published_hashes,
    shortcomings_of_publication,
    unbalanced,
)
from faults.kills import States

MEBIBYTE = 1 << 20
DISK_BYTES = 256 * MEBIBYTE
ROOM_FOR_ALL = 64 * MEBIBYTE
MOST_RUNS = 12
SENTENCE = "disk is full"

# How a run that ended tells in which stage it did; the last line of progress that was begun.
STAGES = {"start": ("Starting", "Prepare"), "load": ("load",), "build": ("Compute",)}
STAGES |= {"candidate": ("Write", "Check"), "promotion": ("Publish",), "none": ()}
ORDER = list(STAGES)


@dataclass
class FullDisk:
    """What came of runs on a disk with little room: bytes that were left by stage, and problems.

    `left_out` says why there was none.
    """

    met: dict[str, list[int]] = field(default_factory=dict)
    recovered: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: str | None = None


def campaign(states: States, say: Callable[[str], None]) -> FullDisk:
    """Run on a disk with less and less room, mend, run again, compare."""
    done = FullDisk()
    folder = states.stock.folder / "work" / "disk"
    with small_disk(folder) as refusal:
        if refusal:
            done.left_out = refusal
            say(f" full disk: left out; {refusal}")
            return done
        _, expected = states.publications

        def met_with(left: int) -> tuple[int, str]:
            stage = _run_with(states, folder, left, done, expected)
            say(f" {left} bytes left: {stage}")
            return left, stage

        bounds = [met_with(0), (ROOM_FOR_ALL, "none")]
        for _ in range(MOST_RUNS):
            gap = _next_gap(bounds)
            if gap is None:
                break
            bounds = sorted([*bounds, met_with(sum(gap) // 2)])
        _promote_without_room(states, folder, done)
    say(f" full disk: {sum(map(len, done.met.values()))} runs, {len(done.problems)} problems")
    return done


@contextmanager
def small_disk(folder: Path) -> Iterator[str | None]:
    """Mount a small disk; yield why there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if not made or made.returncode != 0:
        yield "a small disk can only be made by root, with the right to mount"
        return
    try:
        yield None
    finally:
        subprocess.run([shutil.which("umount") or "umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Fill a disk but for so many bytes; return the file that does."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    stat = os.statvfs(folder)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(stat.f_bavail * stat.f_frsize - left, 1))
    return filler


def _next_gap(bounds: list[tuple[int, str]]) -> tuple[int, int] | None:
    """Return two amounts of room between which a stage lies that has not met the full disk."""
    wanted = ("load", "build", "candidate")
    met = {stage for _, stage in bounds}
    for (low, before), (high, after) in pairwise(bounds):
        between = ORDER[ORDER.index(before) + 1 : ORDER.index(after)]
        if high - low > 4096 and any(stage in wanted and stage not in met for stage in between):
            return low, high
    return None


def _on_disk(states: States, folder: Path) -> Victim:
    """Put the company's data onto the small disk."""
    victim = states.stock.copy(states.before, "victim", "newer")
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.move(victim.settings.data_path, folder / "data")
    states.stock.give(victim, "newer", folder / "data")
    return victim


def _run_with(
    states: States, folder: Path, left: int, done: FullDisk, expected: dict[str, tuple[int, str]]
) -> str:
    """Run with so many bytes left; make room, run again; return the stage that had none."""
    victim = _on_disk(states, folder)
    before = publication.current(victim.settings)
    filler = fill(folder, left)
    status, printed = whole_runs.run(victim)
    filler.unlink()
    stage = "none" if status == 0 else _stage_of(printed)
    done.met.setdefault(stage, []).append(left)
    when = f"{left} bytes left, {stage}"
    if status != 0:
        said = [line for line in printed.splitlines() if SENTENCE in line.lower()]
        if status != 1 or not said or "Traceback" in printed:
            last = printed.strip().splitlines()[-1:]
            done.problems.append(f"{when}: exit status {status}, {len(said)} sentences, {last}")
        if publication.current(victim.settings) != before:
            done.problems.append(f"{when}: another publication")
        done.problems += [f"{when}: {one}" for one in shortcomings_of_publication(victim.settings)]
        status, printed = whole_runs.run(victim)
        if status != 0:
            done.problems.append(f"{when}: with room again, exit status {status}")
            return stage
        done.recovered += 1
    generation = publication.current(victim.settings)
    assert generation  # noqa: S101 - it has just been published
    done.problems += [f"{when}: {one}" for one in unbalanced(victim.settings)]
    found = differences(published_hashes(generation), expected)
    done.problems += [f"{when}: {one}" for one in found]
    return stage


def _stage_of(printed: str) -> str:
    """Return the stage that a run was in when it ended."""
    begun = [line.removesuffix(" ...") for line in printed.splitlines() if line.endswith(" ...")]
    last = begun[-1] if begun else "Starting"
    # Between two lines of progress there is more work than they say.
    return next(
        stage for stage, names in STAGES.items() if any(last.startswith(name) for name in names)
    )


def _promote_without_room(states: States, folder: Path, done: FullDisk) -> None:
    """Promote a candidate when nothing is left: whole or not at all, and again with room."""
    victim = _on_disk(states, folder)
    settings = victim.settings
    before = publication.current(settings)
    with run_lock(settings):
        candidate = publication.write_candidate(settings, stages.RUN_ID)
        filler = fill(folder, 0)
        try:
            allowed = publication.promote(candidate)
        except JobError:
            allowed = before
        filler.unlink()
    done.met.setdefault("promotion", []).append(0)
    if publication.current(settings) != allowed or shortcomings_of_publication(settings):
        done.problems.append("promotion without room: neither the old publication nor the new one")
    victims.run(stages.publish(settings), states.log)
    done.recovered += 1
    done.problems += shortcomings_of_publication(settings)
