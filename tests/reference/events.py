"""docs/metrics.md, sections 1 and 2: events, participants, broadcasts, pair events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from .model import (
    KNOWN_CHANNELS,
    MUTUAL_CHANNELS,
    PAIRWISE_CHANNELS,
    ChannelRule,
    Event,
    Parameters,
    ReadingError,
)
from .roster import Roster

HUMAN_KINDS = frozenset({"person", "internal_unknown", "external"})
"""Section 1, *participants*: "No bots, rooms or lists"."""

EARLIEST_YEAR = 1990
"""Section 1, *coverage*: "Events before 1990 […] are quarantined"."""


@dataclass(frozen=True)
class Company:
    """The roster and what every other party is."""

    roster: Roster
    parties: Mapping[str, str]

    def kind(self, party: str) -> str:
        """The kind of a party; persons are those on the roster."""
        if party in self.roster.persons:
            return "person"
        kind = self.parties.get(party, "internal_unknown")
        return "internal_unknown" if kind == "person" else kind

    def is_person_on(self, party: str, on: date) -> bool:
        """Whether a party is a person valid on a date."""
        return self.roster.is_valid(party, on)


@dataclass(frozen=True)
class Occurrence:
    """An event, with its channel, date, participants and actor as the page has them."""

    event: Event
    channel: str
    on: date
    participants: frozenset[str]
    is_mutual: bool
    is_meaningful: bool

    @property
    def actor(self) -> str | None:
        """Who did it.

        Section 1, *event*: "the source, or a commit's first author; a mutual event has
        none".
        """
        if self.channel == "coauthoring":
            return self.event.source
        return None if self.is_mutual else self.event.source


@dataclass(frozen=True)
class PairEvent:
    """Section 1, *pair event*: one event seen for one pair, a before b.

    Only meaningful ones are made. Between a person and an external, the person is a.
    """

    a: str
    b: str
    a_reached_out: bool
    b_reached_out: bool
    channel: str
    on: date
    is_mutual: bool
    participant_count: int
    minutes: float | None

    def reached_out(self, person: str) -> bool:
        """Whether `person` was a source of it, or shared it."""
        return self.a_reached_out if person == self.a else self.b_reached_out


def monday_of(day: date) -> date:
    """Section 1, *week*: the ISO week, written as its Monday."""
    return day - timedelta(days=day.weekday())


def occurrences(
    events: Iterable[Event], company: Company, parameters: Parameters
) -> list[Occurrence]:
    """The events of the company's calendar, each once.

    Raises
    ------
        ReadingError: an event has no zone, or one id names two different events.

    """
    zone = ZoneInfo(parameters.timezone)
    met: dict[str, Event] = {}
    found = []
    for event in events:
        if event.occurred_at.tzinfo is None:
            raise ReadingError(f"Event {event.event_id} has a time without a zone.")
        # Section 2: "The same event met twice counts once".
        if event.event_id in met:
            if met[event.event_id] != event:
                raise ReadingError(f"Two different events are named {event.event_id}.")
            continue
        met[event.event_id] = event
        # Section 1, *date*: "the event's date in the organisation's one time zone".
        on = event.occurred_at.astimezone(zone).date()
        if on.year < EARLIEST_YEAR:
            continue
        if parameters.day_of_run is not None and on > parameters.day_of_run:
            continue
        found.append(_occurrence(event, on, company, parameters.profile))
    return found


def _occurrence(
    event: Event, on: date, company: Company, profile: Mapping[str, ChannelRule]
) -> Occurrence:
    channel = event.channel if event.channel in KNOWN_CHANNELS else "pair"
    participants = frozenset(
        party for party in (event.source, *event.targets) if company.kind(party) in HUMAN_KINDS
    )
    # Section 1, *broadcast*: "or one addressed to a list or group whose members are
    # not known".
    has_unknown_group = event.has_unknown_group or any(
        company.kind(target) == "list" for target in event.targets
    )
    rule = profile[channel]
    return Occurrence(
        event=event,
        channel=channel,
        on=on,
        participants=participants,
        is_mutual=event.mutual if channel == "pair" else channel in MUTUAL_CHANNELS,
        is_meaningful=not (
            has_unknown_group
            or exceeds(len(participants), rule.max_participants)
            or exceeds(event.minutes, rule.max_minutes)
        ),
    )


def exceeds(value: float | None, cap: float | None) -> bool:
    """Section 1, *broadcast*: more than the cap; "An empty cap is none"."""
    return value is not None and cap is not None and value > cap


def paired(occurrence: Occurrence) -> Iterator[tuple[str, str, bool, bool]]:
    """Who is paired with whom, and whether the first and the second reached out."""
    participants = occurrence.participants
    if occurrence.channel in PAIRWISE_CHANNELS:
        for first, second in combinations(sorted(participants), 2):
            yield first, second, True, True
        return
    source = occurrence.event.source
    if source not in participants:
        return
    # "Never paired: a person with himself".
    for target in sorted(participants - {source}):
        yield source, target, True, occurrence.is_mutual


def pair_events(
    occurrence: Occurrence, company: Company
) -> tuple[list[PairEvent], list[PairEvent]]:
    """The meaningful pair events of an event: among persons, and with externals.

    Section 1: "two *different persons*, both valid on its date"; section 2: "A pair
    event of a broadcast is not meaningful; any other is".
    """
    among_persons: list[PairEvent] = []
    with_externals: list[PairEvent] = []
    if not occurrence.is_meaningful:
        return among_persons, with_externals
    on = occurrence.on
    for first, second, first_reached, second_reached in paired(occurrence):
        first_is_person = company.is_person_on(first, on)
        second_is_person = company.is_person_on(second, on)
        swapped = first > second if first_is_person and second_is_person else not first_is_person
        pair = PairEvent(
            a=second if swapped else first,
            b=first if swapped else second,
            a_reached_out=second_reached if swapped else first_reached,
            b_reached_out=first_reached if swapped else second_reached,
            channel=occurrence.channel,
            on=on,
            is_mutual=occurrence.is_mutual,
            participant_count=len(occurrence.participants),
            minutes=occurrence.event.minutes,
        )
        if first_is_person and second_is_person:
            among_persons.append(pair)
        elif company.is_person_on(pair.a, on) and company.kind(pair.b) == "external":
            with_externals.append(pair)
    return among_persons, with_externals
