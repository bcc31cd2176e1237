"""A campaign that goes on where it was broken off: what its finished parts came to."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from pathlib import Path

from dagster_pipelines.sqlfiles import project_fingerprint
from faults.results import Results, begun


class OtherCampaignError(Exception):
    """What is there to go on with is no part of this campaign; the message is one sentence."""


@dataclass
class Progress:
    """The finished parts of a campaign. `of` names it: seed, kills, versions, models."""

    of: tuple[object, ...]
    done: Results
    finished: list[str] = field(default_factory=list)

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
    if not path.exists():
        raise OtherCampaignError(f"{path} is not there: no campaign was broken off here")
    found = pickle.loads(path.read_bytes())  # noqa: S301 - written above
    if found.of != begin(seed, kills).of:
        raise OtherCampaignError(
            f"{path} is of a campaign with another seed, other kills, versions or models"
        )
    return found
