"""Everything that anybody did at some time, in arrays: mails, messages, posts, in any format.

Who happens to do what is drawn elsewhere (`conversations`, `background`, `programmes`); exporters
read this. Somebody is a person of the staff, or, with a number beyond theirs, one of `OUTSIDERS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import NOBODY, Staff

Numbers = NDArray[np.int64]

CHANNELS = ("email", "chat_direct", "chat_thread", "answer")
"""The channels that are simulated, as docs/metrics.md calls them; events know their places."""
EMAIL, DIRECT, THREAD, ANSWER = range(len(CHANNELS))
CHATS = (DIRECT, THREAD)

ALONE = -1
"""The space of what has none: mails."""

QUESTION_SITE = -2
"""The space of questions and answers."""

BASELINE = 0
"""The cause of what nobody's programme brought about; programmes are causes from 1."""


@dataclass(frozen=True)
class Outsider:
    """Somebody, or something, not on the roster; `kind` is what the job is to take it for."""

    kind: str
    address: str


CUSTOMERS = tuple(
    Outsider("external", f"{name}@customer.example.com")
    for name in ("anne", "bo", "chris", "dee", "eve", "finn", "gus", "hal")
)
GUESTS = tuple(
    Outsider("external", f"{name}@partner.example.net") for name in ("ines", "jo", "kit")
)
SHARED = Outsider("internal_unknown", "office@example.org")
DEPARTED = Outsider("internal_unknown", "was.here@example.org")
BOT = Outsider("bot", "deploy")
OUTSIDERS = (*CUSTOMERS, *GUESTS, SHARED, DEPARTED, BOT)


def number_of(outsider: Outsider, staff: Staff) -> int:
    """The number by which events know somebody who is not on the roster."""
    return len(staff.people) + OUTSIDERS.index(outsider)


@dataclass(frozen=True)
class Events:
    """Events in order of time; all arrays but the last two have one length.

    Parameters
    ----------
    at
        Seconds since 1970 in UTC.
    channel
        A place in CHANNELS.
    source
        Who acted.
    space
        Where: ALONE, QUESTION_SITE, or a key of `spaces`.
    thread
        The number of the event that began the conversation; its own for one that began one.
    cause
        BASELINE, or which programme brought it about, from 1.
    mentions
        Whether a message names its targets.
    target_of, target
        The targets of events as pairs (event, who), in order of event: recipients, members of the
        direct conversation, or whom docs/metrics.md pairs the author of a message with.
    """

    at: Numbers
    channel: Numbers
    source: Numbers
    space: Numbers
    thread: Numbers
    cause: Numbers
    mentions: NDArray[np.bool_]
    target_of: Numbers
    target: Numbers

    def __len__(self) -> int:
        return len(self.at)

    def targets(self) -> list[Numbers]:
        """The targets of each event."""
        return np.split(self.target, np.searchsorted(self.target_of, np.arange(1, len(self))))

    def kept(self, keep: NDArray[np.bool_]) -> Events:
        """Return only these events. A conversation is kept whole or not at all."""
        places = np.cumsum(keep) - 1
        paired = keep[self.target_of]
        per_event = {field.name: getattr(self, field.name)[keep] for field in fields(self)[:-2]}
        per_event["thread"] = places[self.thread[keep]]
        return Events(
            **per_event, target_of=places[self.target_of[paired]], target=self.target[paired]
        )

    def without(self, cause: int) -> Events:
        """Return what would have happened without a programme."""
        return self.kept(self.cause != cause)


def drafted(
    at: Numbers,
    channel: int,
    source: Numbers,
    *targets: Numbers,
    space: Numbers | None = None,
    thread: Numbers | None = None,
    cause: Numbers | int = BASELINE,
    mentions: NDArray[np.bool_] | None = None,
) -> Events:
    """Return events of one channel, in any order.

    Each of `targets` is an array of one target for each event, NOBODY for none. `thread` counts
    within these events; by default each stands alone.
    """
    size = len(at)
    numbers = np.arange(size)
    of = np.concatenate([numbers, *([numbers] * max(len(targets) - 1, 0))]) if targets else numbers
    who = np.concatenate(targets) if targets else np.full(size, NOBODY)
    named = who != NOBODY
    order = np.argsort(of[named], kind="stable")
    return Events(
        at=np.asarray(at, np.int64),
        channel=np.full(size, channel, np.int64),
        source=np.asarray(source, np.int64),
        space=np.full(size, ALONE, np.int64) if space is None else np.asarray(space, np.int64),
        thread=numbers if thread is None else np.asarray(thread, np.int64),
        cause=np.broadcast_to(np.asarray(cause, np.int64), size).copy(),
        mentions=np.zeros(size, bool) if mentions is None else mentions,
        target_of=of[named][order],
        target=np.asarray(who[named][order], np.int64),
    )


def gathered(parts: Sequence[Events]) -> Events:
    """Put parts together, in order of time; of equal times the part that is named first leads."""
    starts = np.cumsum([0, *(len(part) for part in parts)])
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Events)
    }
    for name in ("thread", "target_of"):
        joined[name] = np.concatenate(
            [getattr(part, name) + start for part, start in zip(parts, starts, strict=False)]
        )
    events = Events(**joined)
    order = np.argsort(events.at, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    per_event = {field.name: getattr(events, field.name)[order] for field in fields(events)[:-2]}
    target_of = places[events.target_of]
    by_event = np.lexsort((events.target, target_of))
    ordered = Events(**per_event, target_of=target_of[by_event], target=events.target[by_event])
    return replace(ordered, thread=places[ordered.thread])
