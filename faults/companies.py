"""The made-up company that everything is done to: its exports, and data folders in known states.

FOLDER/
exports/             what a simulated company exports: rosters, mail logs, Slack exports, dumps
before/, after/      the company that has published the older exports; and then the newer ones too
work/<name>/         copies of one of these, each for one trial

The older exports are the first half of each source's files. The newer ones bring new people, so
that a run on them writes to the vault, to every table and to the publication.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from dagster_pipelines.demo import Scale, simulate
from dagster_pipelines.demo.exports import write_exports
from dagster_pipelines.settings import Settings, load_settings

SCALE = Scale(people=40, weeks=6, seed=3)
MARK = ".faults"
"""A file that tells a campaign's folder from others; none without it is emptied."""

Exports = Literal["older", "newer"]


@dataclass(frozen=True)
class Victim:
    """A company's folder: its `tacit.yml`, its key and its data."""

    folder: Path

    @property
    def config(self) -> Path:
        """Its `tacit.yml`."""
        return self.folder / "tacit.yml"

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return load_settings(self.config)

    @property
    def key(self) -> Path:
        """The vault's key."""
        return self.folder / "key"


class Stock:
    """The campaign's folder: makes exports and copies of companies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.exports = self.folder / "exports"

    def make_exports(self) -> None:
        """Write the exports anew and forget every company of an earlier campaign.

        Raises
        ------
        NotADirectoryError
            The folder holds something else than an earlier campaign.
        """
        mark = self.folder / MARK
        if self.folder.exists() and any(self.folder.iterdir()) and not mark.exists():
            raise NotADirectoryError(f"{self.folder} holds something else than a campaign")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        mark.touch()
        write_exports(simulate(SCALE), self.folder)

    def company(self, name: str, exports: Exports) -> Victim:
        """Make a company without data that has the older or all exports."""
        victim = Victim(self.folder / name)
        victim.folder.mkdir(parents=True)
        self.give(victim, exports)
        return victim

    def give(self, victim: Victim, exports: Exports, data_dir: Path | str = "data") -> None:
        """Let a company's `tacit.yml` name the older exports only, or the newer ones too."""
        said = yaml.safe_load((self.folder / "tacit.yml").read_text(encoding="utf-8"))
        for source in said["sources"]:
            files = sorted(map(str, self.folder.glob(source["path"])))
            source["path"] = files[: len(files) // 2] if exports == "older" else files
        said["data_dir"] = str(data_dir)
        victim.config.write_text(yaml.safe_dump(said), encoding="utf-8")

    def copy(self, source: Victim, name: str, exports: Exports) -> Victim:
        """Copy a company with all its data; an earlier copy of this name goes."""
        victim = Victim(self.folder / "work" / name)
        shutil.rmtree(victim.folder, ignore_errors=True)
        shutil.copytree(source.folder, victim.folder, symlinks=True)
        self.give(victim, exports)
        return victim

    def fresh(self, name: str, exports: Exports) -> Victim:
        """Make a company that has never run, in the place of a copy."""
        shutil.rmtree(self.folder / "work" / name, ignore_errors=True)
        return self.company(f"work/{name}", exports)
