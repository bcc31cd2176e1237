"""Who is in contact with whom, counted from events as docs/metrics.md defines it.

For the default parameters (profile `viva`, a window of four weeks, two interactions) and the
channels that are simulated. This is how the truth of a company is known, with a programme and
without it; it shares nothing with the SQL of the job.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.background import Reactions
from dagster_pipelines.demo.careers import Staff
from dagster_pipelines.demo.clocks import Clocks
from dagster_pipelines.demo.events import ANSWER, CHANNELS, DIRECT, EMAIL, OUTSIDERS, THREAD, Events

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

WINDOW_WEEKS = 4
LEAST_INTERACTIONS = 2
MOST_PARTICIPANTS = {EMAIL: 19, DIRECT: 8, THREAD: 8, ANSWER: 8}
COUNTED_PER_DAY = (DIRECT, THREAD)


@dataclass(frozen=True)
class Network:
    """Pairs of people with the interactions of each week, and who was active when.

    Parameters
    ----------
    staff
        The people.
    a, b
        The pairs that have any interaction, a < b, in order.
    interactions
        (pairs, weeks): interactions in the week.
    acted
        (people, weeks): whether the person did anything in the week.
    """

    staff: Staff
    a: Numbers
    b: Numbers
    interactions: NDArray[np.int32]
    acted: Flags

    @cached_property
    def _windows(self) -> NDArray[np.int64]:
        """(pairs, weeks): interactions in the four weeks that end with each."""
        return _window_sums(self.interactions)

    def tied(self, week: int) -> tuple[Numbers, Numbers]:
        """The pairs that are tied in a week."""
        both = self.staff.employed[self.a, week] & self.staff.employed[self.b, week]
        kept = both & (self._windows[:, week] >= LEAST_INTERACTIONS)
        return self.a[kept], self.b[kept]

    def network_size(self, week: int, ignored: Flags | None = None) -> Numbers:
        """The number of everybody's contacts in a week.

        `ignored` marks people: pairs of two of them do not count.
        """
        return self._count(*self._without(week, ignored))

    def cross_team_contacts(
        self, week: int, team: NDArray[np.int32], ignored: Flags | None = None
    ) -> Numbers:
        """The number of everybody's contacts in other teams than their own, as `team` has them."""
        a, b = self._without(week, ignored)
        crosses = team[a] != team[b]
        return self._count(a[crosses], b[crosses])

    def departments_reached(
        self, week: int, department: NDArray[np.int32], ignored: Flags | None = None
    ) -> Numbers:
        """The number of other departments in which everybody has a contact."""
        a, b = self._without(week, ignored)
        crosses = department[a] != department[b]
        a, b = a[crosses], b[crosses]
        who, where = np.concatenate([a, b]), np.concatenate([department[b], department[a]])
        reached = np.unique(np.column_stack([who, where]), axis=0)[:, 0]
        return np.bincount(reached, minlength=len(self.staff.people))

    def measured(self, week: int) -> Flags:
        """Whether each person's window lies in the coverage and the employment, with an action."""
        if week < WINDOW_WEEKS - 1:
            return np.zeros(len(self.staff.people), bool)
        window = slice(week - WINDOW_WEEKS + 1, week + 1)
        return self.staff.employed[:, window].all(axis=1) & self.acted[:, window].any(axis=1)

    def ever_interacted(self, weeks: slice) -> set[tuple[int, int]]:
        """The pairs with any interaction in some weeks."""
        kept = self.interactions[:, weeks].any(axis=1)
        return set(zip(self.a[kept].tolist(), self.b[kept].tolist(), strict=True))

    def _without(self, week: int, ignored: Flags | None) -> tuple[Numbers, Numbers]:
        a, b = self.tied(week)
        if ignored is None:
            return a, b
        kept = ~(ignored[a] & ignored[b])
        return a[kept], b[kept]

    def _count(self, a: Numbers, b: Numbers) -> Numbers:
        return np.bincount(np.concatenate([a, b]), minlength=len(self.staff.people))


def _window_sums(interactions: NDArray[np.int32]) -> NDArray[np.int64]:
    sums = np.cumsum(interactions, axis=1, dtype=np.int64)
    sums[:, WINDOW_WEEKS:] -= sums[:, :-WINDOW_WEEKS].copy()
    return sums


def network_of(
    events: Events, staff: Staff, clocks: Clocks, reactions: Reactions | None = None
) -> Network:
    """Count the interactions of all pairs of people, and who did anything."""
    people, weeks = len(staff.people), staff.weeks
    day, week = clocks.days(events.at), clocks.weeks(events.at)
    source, event = events.source[events.target_of], events.target_of
    participants = 1 + np.bincount(events.target_of, minlength=len(events))
    most = np.array([MOST_PARTICIPANTS[channel] for channel in sorted(MOST_PARTICIPANTS)])
    counts = participants[event] <= most[events.channel[event]]
    counts &= (source < people) & (events.target < people)
    event, source, target = event[counts], source[counts], events.target[counts]
    both = staff.employed[source, week[event]] & staff.employed[target, week[event]]
    event, source, target = event[both], source[both], target[both]
    a, b = np.minimum(source, target), np.maximum(source, target)
    pair = a * people + b
    channel = events.channel[event]
    # Of chats a day counts once, of mails and answers each: then the event tells them apart.
    per_day = np.isin(channel, COUNTED_PER_DAY)
    once = np.where(
        per_day, (day[event] - day.min(initial=0)) * len(CHANNELS) + channel, -1 - event
    )
    _, first = np.unique(np.column_stack([pair, once]), axis=0, return_index=True)
    pairs, place = np.unique(pair[first], return_inverse=True)
    interactions = np.zeros((len(pairs), weeks), np.int32)
    np.add.at(interactions, (place, week[event[first]]), 1)
    return Network(staff, pairs // people, pairs % people, interactions,
                   _acted(events, week, staff, reactions))  # fmt: skip


def _acted(events: Events, week: Numbers, staff: Staff, reactions: Reactions | None) -> Flags:
    """(people, weeks): whether a person wrote anything, or reacted."""
    everybody = len(staff.people) + len(OUTSIDERS)
    acted = np.zeros((everybody, staff.weeks), bool)
    acted[events.source, week] = True
    if reactions is not None:
        acted[reactions.who, week[reactions.event]] = True
    return acted[: len(staff.people)] & staff.employed
