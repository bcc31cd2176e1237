"""Slack's exports of the workspace, as zip files: the second begins a week before the first ended.

The shape is that of a corporate export (docs of Slack, help article 220556107): lists of users and
conversations, and a folder for each conversation with a file for each day, the days by the
workspace's own clocks. The texts are invented and short. What Slack says itself, a bot, guests, an
account that nobody owns, edits after the first export, and messages that cannot be used are among
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dagster_pipelines.demo import names
from dagster_pipelines.demo.clocks import DAY, HOUR, day_number
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Tally
from dagster_pipelines.demo.events import BOT, CHATS, number_of
from dagster_pipelines.demo.exports.files import write_zip
from dagster_pipelines.demo.exports.slack_lists import Workspace
from dagster_pipelines.demo.scale import FIRST_MONDAY
from dagster_pipelines.demo.spaces import GENERAL

WEEKS_OF_OVERLAP = 1
EDITED_SHARE = 0.04
QUESTION_SHARE = 0.2
MEAN_HOURS_TO_EDIT = 60.0

Message = dict[str, Any]


@dataclass(frozen=True)
class _Texts:
    """What is said: an array of all events each, and which messages are edited when."""

    said: np.ndarray
    is_question: np.ndarray
    edited_at: np.ndarray

    @classmethod
    def drawn(cls, company: Company) -> _Texts:
        """Draw what is said; of messages that are never edited, the edit is never."""
        chance = company.scale.stream("texts of the chat")
        size = len(company.events)
        said, is_question = chance.integers(0, 1 << 20, size), chance.random(size) < QUESTION_SHARE
        delay = chance.exponential(MEAN_HOURS_TO_EDIT * HOUR, size).astype(np.int64) + 60
        is_edited = chance.random(size) < EDITED_SHARE
        never = np.iinfo(np.int64).max
        return cls(said, is_question, np.where(is_edited, company.events.at + delay, never))

    def of(self, event: int) -> str:
        """The text of a message, without mentions."""
        texts = names.QUESTIONS if self.is_question[event] else names.STATEMENTS
        return texts[int(self.said[event]) % len(texts)]


def write(company: Company, folder: Path) -> Tally:
    """Write the exports of the workspace and count what is to become of their records."""
    tally = Tally("chat")
    exported = _Exported(company, Workspace.of(company), _Texts.drawn(company))
    seen: dict[int, bool] = {}
    for number, (start, stop) in enumerate(_spans(company.staff.weeks), start=1):
        members = exported.members(start, stop, tally, seen, is_first=start == 0)
        day = FIRST_MONDAY + timedelta(weeks=stop)
        write_zip(folder / f"slack-{number}.zip", members, day)
    return tally


def _spans(weeks: int) -> list[tuple[int, int]]:
    """The weeks that each export covers: two that overlap, one where there are few."""
    if weeks < 4:
        return [(0, weeks)]
    middle = weeks // 2
    return [(0, middle), (middle - WEEKS_OF_OVERLAP, weeks)]


@dataclass(frozen=True)
class _Exported:
    """The workspace as it is exported."""

    company: Company
    workspace: Workspace
    texts: _Texts

    @cached_property
    def _days(self) -> np.ndarray:
        return self.company.clocks.days(self.company.events.at) - day_number(FIRST_MONDAY)

    @cached_property
    def _replies(self) -> dict[int, list[int]]:
        """The replies to each message that began a thread."""
        events = self.company.events
        replies: dict[int, list[int]] = {}
        is_reply = (events.thread != np.arange(len(events))) & np.isin(events.channel, CHATS)
        for event in np.flatnonzero(is_reply).tolist():
            replies.setdefault(int(events.thread[event]), []).append(event)
        return replies

    @cached_property
    def _reactions(self) -> dict[int, list[int]]:
        reactions: dict[int, list[int]] = {}
        made = self.company.reactions
        for event, who in zip(made.event.tolist(), made.who.tolist(), strict=True):
            reactions.setdefault(event, []).append(who)
        return reactions

    def members(
        self, start: int, stop: int, tally: Tally, seen: dict[int, bool], *, is_first: bool
    ) -> dict[str, str]:
        """The files of an export of some weeks, by name.

        `seen` holds what earlier exports said: each message, and whether as edited.
        """
        events = self.company.events
        cutoff = (day_number(FIRST_MONDAY) + 7 * stop) * DAY
        is_exported = (self._days >= 7 * start) & (self._days < 7 * stop)
        chosen = np.isin(events.channel, CHATS) & is_exported
        days: dict[str, list[Message]] = {}
        targets = events.targets()
        for event in np.flatnonzero(chosen).tolist():
            message = self._message(event, targets[event], cutoff)
            folder = self.workspace.folder(int(events.space[event]))
            days.setdefault(f"{folder}/{self._date(int(self._days[event]))}.json", []).append(
                message
            )
            _count(event, message, tally, seen)
        for name, message in self._of_slack(start, stop):
            days.setdefault(name, []).append(message)
            tally.records += 1
            tally.excluded["system_message"] += 1
        if is_first:
            name = f"{self.workspace.folder(GENERAL)}/{self._date(7 * start)}.json"
            for reason, message in _unusable(days.setdefault(name, [])):
                days[name].append(message)
                tally.records += 1
                tally.quarantined[reason] += 1
        files = {name: json.dumps(messages, ensure_ascii=False) for name, messages in days.items()}
        spaces = {int(space) for space in np.unique(events.space[chosen])}
        for name, listed in self.workspace.lists(stop, spaces).items():
            files[name] = json.dumps(listed, ensure_ascii=False)
            tally.records += len(listed)
        return files | {"integration_logs.json": "[]", "canvases.json": "[]"}

    def _message(self, event: int, targets: np.ndarray, cutoff: int) -> Message:
        events = self.company.events
        source, thread = int(events.source[event]), int(events.thread[event])
        text = self.texts.of(event)
        if events.mentions[event]:
            text = (
                " ".join(f"<@{self.workspace.user_id(int(one))}>" for one in targets) + " " + text
            )
        message: Message = {"type": "message", "text": text, "ts": self._ts(event)}
        if source == number_of(BOT, self.company.staff):
            return message | {"subtype": "bot_message", "bot_id": "B0DEPLOY", "username": "deploy"}
        message |= {"user": self.workspace.user_id(source), "team": self.workspace.team_id}
        if thread != event:
            message["thread_ts"] = self._ts(thread)
            message["parent_user_id"] = self.workspace.user_id(int(events.source[thread]))
        message |= self._thread(event, cutoff)
        if event in self._reactions:
            message["reactions"] = list(self._emoji(event))
        if self.texts.edited_at[event] < cutoff:
            when = f"{int(self.texts.edited_at[event])}.000000"
            message["edited"] = {"user": message["user"], "ts": when}
        return message

    def _thread(self, event: int, cutoff: int) -> Message:
        """What a message that began a thread says of its replies so far."""
        events = self.company.events
        replies = [one for one in self._replies.get(event, []) if events.at[one] < cutoff]
        if not replies:
            return {}
        said = [
            {"user": self.workspace.user_id(int(events.source[one])), "ts": self._ts(one)}
            for one in replies
        ]
        return {
            "thread_ts": self._ts(event),
            "reply_count": len(replies),
            "reply_users": sorted({one["user"] for one in said}),
            "replies": said,
        }

    def _emoji(self, event: int) -> Iterator[dict[str, Any]]:
        users = [self.workspace.user_id(who) for who in self._reactions[event]]
        yield {"name": "thumbsup", "users": users, "count": len(users)}
        if len(users) > 1:
            yield {"name": "tada", "users": users[:1], "count": 1}

    def _of_slack(self, start: int, stop: int) -> Iterator[tuple[str, Message]]:
        """Yield what Slack says itself: whoever is hired joins two channels in the morning."""
        staff = self.company.staff
        first, _ = staff.first_and_last()
        for person in np.flatnonzero((first > 0) & (first >= start) & (first < stop)).tolist():
            week, user = int(first[person]), self.workspace.user_id(person)
            second = (day_number(FIRST_MONDAY) + 7 * week) * DAY + 7 * HOUR
            team = self.company.spaces.first_team + int(staff.team[person, week])
            for space in (GENERAL, team):
                yield (
                    f"{self.workspace.folder(space)}/{self._date(7 * week)}.json",
                    {
                        "type": "message",
                        "subtype": "channel_join",
                        "user": user,
                        "text": f"<@{user}> has joined the channel",
                        "ts": f"{second}.{person:06d}",
                    },
                )

    def _ts(self, event: int) -> str:
        """The time of a message as Slack has it: unique, since no second has a million events."""
        return f"{int(self.company.events.at[event])}.{event % 1_000_000:06d}"

    def _date(self, day: int) -> date:
        return FIRST_MONDAY + timedelta(days=day)


def _count(event: int, message: Message, tally: Tally, seen: dict[int, bool]) -> None:
    """Count what becomes of a message; what an earlier export said just so is a duplicate."""
    tally.records += 1
    if message.get("subtype") == "bot_message":
        tally.excluded["bot_message"] += 1
    elif seen.get(event) is ("edited" in message):
        tally.duplicate += 1
    seen[event] = "edited" in message


def _unusable(messages: list[Message]) -> Iterator[tuple[str, Message]]:
    """Yield messages that cannot be used: without an author, without a time."""
    if messages:
        first = messages[0]
        yield "no_author", {"type": "message", "text": "", "ts": "1736150400.999999"}
        yield "bad_time", {**first, "ts": "just now"}
