"""A campaign that goes on where it was broken off: what its finished parts came to."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagster_pipelines.sqlfiles import project_fingerprint
from faults.results import Results, begun


class OtherCampaignError(Exception):
    """What is there to go on with is no part of this campaign; the message is one sentence."""


@dataclass
class Progress:
    """The finished parts of a campaign. `of` names it: seed, kills, versions, models."""

    of: tuple[Any, ...]
    done: Results
    finished: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many kills the campaign is of."""
        _, kills, *_ = self.of
        return int(kills)

    def keep(self, folder: Path) -> None:
        """Write it beside the campaign's folder, which is emptied when a campaign begins."""
        path_of(folder).write_bytes(pickle.dumps(self))


def path_of(folder: Path) -> Path:
    """Where the progress of a campaign in a folder is kept."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name}.progress")


def begin(seed: int, kills: int) -> Progress:
    """Return the progress of a campaign of which nothing is done."""
    done = begun(seed)
    return Progress((seed, kills, tuple(done.versions.items()), project_fingerprint()), done)


def resume(folder: Path, seed: int, kills: int) -> Progress:
    """Return the progress of the campaign that was broken off in a folder.

    Raises
    ------
    OtherCampaignError
        There is none, or it had another seed, other versions or other models.
    """
    path = path_of(folder)
    found = _read(path)
    if found.of != begin(seed, kills).of:
        raise OtherCampaignError(
            f"{path} is of a campaign with another seed, other kills, versions or models"
        )
    return found


def gather(folders: Sequence[Path]) -> Progress:
    """Put together the parts of one campaign that were done in several folders.

    The minutes are those of all folders together, also where they were at work at the same time.

    Raises
    ------
    OtherCampaignError
        A folder has no campaign, has one of another seed, other versions or other models than
        the first, or a part that another folder has too.
    """
    paths = [path_of(folder) for folder in folders]
    whole, *others = [_read(path) for path in paths]
    for path, other in zip(paths[1:], others, strict=True):
        if other.of != whole.of:
            raise OtherCampaignError(f"{path} is not of the campaign that {paths[0]} is of")
        if twice := sorted(set(whole.finished) & set(other.finished)):
            raise OtherCampaignError(f"{path} has parts that were done before: {', '.join(twice)}")
        whole = Progress(
            whole.of, _together(whole.done, other.done), [*whole.finished, *other.finished]
        )
    return whole


def _together(one: Results, other: Results) -> Results:
    """Return the results of both; what either left out is the other's."""
    return dataclasses.replace(
        one,
        began=min(one.began, other.began),
        minutes=one.minutes + other.minutes,
        kills=[*one.kills, *other.kills],
        stops=[*one.stops, *other.stops],
        flips=[*one.flips, *other.flips],
        disk=one.disk or other.disk,
        clock=one.clock or other.clock,
        readers=one.readers or other.readers,
    )


def _read(path: Path) -> Progress:
    if not path.exists():
        raise OtherCampaignError(f"{path} is not there: no campaign was broken off here")
    return pickle.loads(path.read_bytes())  # noqa: S301 - written by `keep`
