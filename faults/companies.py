"""The made-up company that everything is done to: its exports, and data folders in known states.

FOLDER/
exports/             roster, mail in files of four weeks, two Slack exports that overlap
before/, after/      the company that has published the older exports; and then the newer ones too
work/<name>/         copies of one of these, each for one trial

The newer exports bring new people, so that a run on them writes to the vault, to every table and to
the publication.
"""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml

from dagster_pipelines.demo import Scale, found, write_exports
from dagster_pipelines.demo.company import Company as People
from dagster_pipelines.demo.mail import mails
from dagster_pipelines.settings import Settings, load_settings

SCALE = Scale(people=40, weeks=6, seed=3)
MARK = ".faults"
"""A file that tells a campaign's folder from others; none without it is emptied."""

CHANNELS = ("general", "help", "lunch", "reading")
MESSAGE_SHARE = 0.5
NEWCOMERS = 8
"""How many the newer roster and the newer Slack export have that the older ones have not."""

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
        people = found(SCALE)
        write_exports(people, self.folder)
        (self.folder / "slack").mkdir()
        roster = (self.exports / "hr" / "roster.csv").read_text(encoding="utf-8")
        older_roster = "".join(roster.splitlines(keepends=True)[:-NEWCOMERS])
        (self.folder / "older_roster.csv").write_text(older_roster, encoding="utf-8")
        older, newer = _slack_exports(people)
        _zipped(self.folder / "slack" / "older.zip", older)
        _zipped(self.folder / "slack" / "newer.zip", newer)

    def company(self, name: str, exports: Exports) -> Victim:
        """Make a company without data that has the older or all exports."""
        victim = Victim(self.folder / name)
        victim.folder.mkdir(parents=True)
        self.give(victim, exports)
        return victim

    def give(self, victim: Victim, exports: Exports, data_dir: Path | str = "data") -> None:
        """Let a company's `tacit.yml` name the older exports only, or the newer ones too."""
        said = yaml.safe_load((self.folder / "tacit.yml").read_text(encoding="utf-8"))
        roster, mail = said["sources"]
        rosters = {"older": self.folder / "older_roster.csv"}
        rosters["newer"] = self.exports / "hr" / "roster.csv"
        roster["path"] = str(rosters[exports])
        files = sorted(map(str, (self.exports / "mail").glob("*.csv")))
        chats = [str(self.folder / "slack" / f"{one}.zip") for one in ("older", "newer")]
        mail["path"] = files[:1] if exports == "older" else files
        chat: dict[str, Any] = {"name": "chat", "format": "slack"}
        chat["path"] = chats[:1] if exports == "older" else chats
        said |= {"sources": [roster, mail, chat], "data_dir": str(data_dir)}
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


def _slack_exports(people: People) -> Iterator[dict[str, Any]]:
    """Yield the files of two exports, the second with what was said since the first.

    What is said in Slack is said when mails are sent, by the same people; so it lies on the same
    days and weeks.
    """
    chance = random.Random(SCALE.seed)
    sent = sorted(mails(people), key=lambda mail: mail.sent_at)
    sent = [mail for mail in sent if mail.sender.endswith("@example.org")]
    addresses = sorted({one for mail in sent for one in (mail.sender, *mail.recipients)})
    accounts = {address: f"U{number:06d}" for number, address in enumerate(addresses)}
    last: dict[str, str] = {}
    messages: list[tuple[str, str, dict[str, Any]]] = []
    for mail in sent:
        if chance.random() > MESSAGE_SHARE:
            continue
        channel = chance.choice(CHANNELS)
        ts = f"{int(mail.sent_at.timestamp())}.{len(messages) % 1_000_000:06d}"
        message = {
            "type": "message",
            "user": accounts[mail.sender],
            "text": f"<@{accounts[mail.recipients[0]]}> how?" if chance.random() < 0.5 else "Thus.",
            "ts": ts,
        }
        if channel in last and chance.random() < 0.5:
            message["thread_ts"] = last[channel]
        else:
            last[channel] = ts
        messages.append((channel, f"{mail.sent_at:%Y-%m-%d}", message))
    middle = f"{people.scale.end - timedelta(weeks=people.scale.weeks // 2):%Y-%m-%d}"
    overlap = f"{people.scale.end - timedelta(weeks=people.scale.weeks // 2 + 1):%Y-%m-%d}"
    users = [
        {"id": account, "team_id": "T1", "name": account.lower(), "profile": {"email": address}}
        for address, account in accounts.items()
    ]
    newcomers = [
        {"id": f"U9{number:05d}", "profile": {"email": f"new{number}@example.org"}}
        for number in range(NEWCOMERS)
    ]
    yield _export(users, [one for one in messages if one[1] < middle])
    late = [one for one in messages if one[1] >= overlap]
    first_words = late[:: len(late) // NEWCOMERS]
    for (_, day, message), newcomer in zip(first_words, newcomers, strict=False):
        if day >= middle:
            message["user"] = newcomer["id"]
    yield _export([*users, *newcomers], late)


def _export(
    users: list[dict[str, Any]], messages: list[tuple[str, str, dict[str, Any]]]
) -> dict[str, Any]:
    members = [user["id"] for user in users]
    channels = [
        {"id": f"C{number}", "name": name, "members": members}
        for number, name in enumerate(CHANNELS)
    ]
    files: dict[str, Any] = {"users.json": users, "channels.json": channels}
    for channel, day, message in messages:
        files.setdefault(f"{channel}/{day}.json", []).append(message)
    return files


def _zipped(path: Path, files: dict[str, Any]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
