"""A Slack export read in plain Python, by docs/metrics.md alone: its people and its events."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .model import Event, RosterRow, Space

SAID_BY_PEOPLE = {None, "file_share", "me_message", "thread_broadcast"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def people_of(folder: Path) -> dict[str, str]:
    """The address of each account of a workspace; one without is known by its id."""
    users = json.loads((folder / "users.json").read_text())
    return {user["id"]: user["profile"].get("email") or user["id"] for user in users}


def always_valid(people: dict[str, str]) -> list[RosterRow]:
    """A roster of people who are valid on every day; nothing else is known of them."""
    return [RosterRow(person) for person in sorted(set(people.values()))]


def all_messages_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Whatever stands in the channels of an unpacked export: folder and message."""
    return [
        (path.parent.name, message)
        for path in sorted(folder.glob("*/*.json"))
        for message in json.loads(path.read_text())
    ]


def messages_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What people wrote of it."""
    return [
        (channel, message)
        for channel, message in all_messages_of(folder)
        if message.get("subtype") in SAID_BY_PEOPLE and "user" in message
    ]


def spaces_of(folder: Path) -> list[Space]:
    """The channels of an export without threads, and their members on the day of its last message.

    Its folders are called as its channels. Nothing in it says what replies to what.
    """
    people = people_of(folder)
    channels = json.loads((folder / "channels.json").read_text())
    exported_on = max(occurred_at(message).date() for _, message in all_messages_of(folder))
    return [
        Space(
            channel["name"],
            "public_channel",
            knows_replies=False,
            listed={exported_on: [people[one] for one in channel["members"] if one in people]},
        )
        for channel in channels
    ]


def is_question(message: dict[str, Any]) -> bool:
    """Section 7: "a question mark outside links and code"."""
    said = re.sub(r"```.*?```|`[^`\n]*`|<[^>]*>", " ", message["text"], flags=re.DOTALL)
    return "?" in said


def mentioned_in(message: dict[str, Any]) -> list[str]:
    """The accounts that a message mentions, as often as it does."""
    return re.findall(r"<@([UW][A-Z0-9]+)", message["text"])


def occurred_at(message: dict[str, Any]) -> datetime:
    """When a message was written, to the microsecond."""
    seconds, _, micros = message["ts"].partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros))


def events_of(folder: Path) -> list[Event]:
    """The events of an export without threads: messages in channels, and reactions."""
    people = people_of(folder)
    events = []
    for channel, message in messages_of(folder):
        name = f"{channel}|{message['ts']}"
        author, when = people[message["user"]], occurred_at(message)
        mentioned = {people[one] for one in mentioned_in(message)}
        called = re.search(r"<!(here|channel|everyone|group|subteam)", message["text"])
        events.append(
            Event(
                name,
                "chat_thread",
                author,
                mentioned,
                when,
                has_unknown_group=bool(called),
                space=channel,
                thread=name,
                is_question=is_question(message),
            )
        )
        reacting: dict[str, int] = defaultdict(int)
        for reaction in message.get("reactions", []):
            for one in reaction["users"]:
                reacting[people[one]] += 1
        events += [
            Event(f"{name}|{person}", "reaction", person, {author}, when, space=channel)
            for person in reacting
        ]
    return events
