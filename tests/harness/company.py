"""A made-up company: what its exports say, and what the plain-Python reading takes of it.

A name (of a person, an address, a room) is an identifier; `aliases` says which belong together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from tests.reference.files import derived_units
from tests.reference.model import (
    Enrolment,
    Event,
    Parameters,
    Programme,
    ProgrammeRecords,
    Reading,
    RosterRow,
    Session,
)
from tests.reference.reading import read_company

SOURCES = ("hr", "hr_abroad", "mail", "chat")
"""The sources that `tacit.yml` names; records of any other count in no number."""

SESSIONS = ("mentoring", "learning_session")
"""Channels of sessions, which a list of sessions may hold."""


@dataclass(frozen=True)
class RosterRecord:
    """A row of a roster file.

    With `is_dated` its file has a `valid_from`; with `snapshot_on` it is one of snapshots;
    otherwise it holds while the person is employed.
    """

    person: str
    manager: str | None = None
    team: str | None = None
    department: str | None = None
    discipline: str | None = None
    location: str | None = None
    work_mode: str | None = None
    job_level: float | None = None
    hired_on: date | None = None
    left_on: date | None = None
    is_dated: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    snapshot_on: date | None = None
    source: str = "hr"

    @property
    def content_hash(self) -> int:
        """A signed 64-bit hash of all that the row says."""
        return number_of(repr(asdict(self)), bits=64) - 2**63


@dataclass(frozen=True)
class InteractionRecord:
    """A row of an interaction file: one target of an event, or an event without targets."""

    event: str
    channel: str
    source: str
    target: str | None
    occurred_at: datetime
    minutes: float | None = None
    is_mutual: bool = False
    file: str = "mail"
    programme: str | None = None
    """Of a session alone."""

    @property
    def is_listed_session(self) -> bool:
        """Whether it stands in a list of sessions, not in an interaction file."""
        return self.channel in SESSIONS and number_of(self.event, bits=1) == 1


@dataclass(frozen=True)
class EnrolmentRecord:
    """A row of a list of enrolments."""

    programme: str
    person: str
    role: str
    starts_on: date
    ends_on: date | None = None
    partner: str | None = None
    planned_sessions: int | None = None


@dataclass(frozen=True)
class Company:
    """What a company exported, and its `tacit.yml`.

    `parties` has the kind of whoever is not on the roster (`internal_unknown` where it is left
    out); `aliases` leads from a further identifier to the person's own.
    """

    roster: tuple[RosterRecord, ...] = ()
    interactions: tuple[InteractionRecord, ...] = ()
    programmes: tuple[Programme, ...] = ()
    enrolments: tuple[EnrolmentRecord, ...] = ()
    parties: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=Parameters)
    derives_units: bool = False

    def party(self, identifier: str) -> str:
        """Who is behind an identifier."""
        return self.aliases.get(identifier, identifier)

    def kind(self, identifier: str) -> str:
        """What the party behind an identifier is, on the roster or not."""
        party = self.party(identifier)
        if party in self.people:
            return "person"
        return self.parties.get(party, "internal_unknown")

    @cached_property
    def people(self) -> frozenset[str]:
        """Whoever has a row in a roster that counts."""
        return frozenset(self.party(row.person) for row in counted(self.roster))

    @cached_property
    def identifiers(self) -> list[str]:
        """All identifiers that the exports and the map name, in order."""
        named = {*self.parties, *self.aliases, *self.aliases.values()}
        for row in self.roster:
            named |= {row.person, row.manager or row.person}
        for record in self.interactions:
            named |= {record.source, record.target or record.source}
        for enrolment in self.enrolments:
            named |= {enrolment.person, enrolment.partner or enrolment.person}
        return sorted(named)


def number_of(text: str, bits: int) -> int:
    """A number of so many bits that is always the same for a text."""
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return int.from_bytes(digest) >> (128 - bits)


Record = TypeVar("Record", RosterRecord, InteractionRecord)


def counted(rows: Iterable[Record]) -> list[Record]:
    """The rows of the sources that `tacit.yml` names."""
    return [
        row
        for row in rows
        if (row.source if isinstance(row, RosterRecord) else row.file) in SOURCES
    ]


# What the plain reading takes


def reading_of(company: Company) -> Reading:
    """What the plain-Python reading makes of a company.

    Raises
    ------
    ReadingError
        The company has no reading, such as an empty coverage.
    """
    rows, events = roster_rows(company), events_of(company)
    return read_company(
        derived_units(rows) if company.derives_units else rows,
        events,
        {company.party(name): company.kind(name) for name in company.identifiers},
        company.parameters,
        programmes=ProgrammeRecords(
            company.programmes, enrolments_of(company), sessions_of(company, events)
        ),
    )


def roster_rows(company: Company) -> list[RosterRow]:
    """The roster's rows with final bounds, their identifiers resolved.

    METRICS, section 1: "In monthly snapshots each holds until the next".
    """
    records = counted(company.roster)
    days: dict[str, set[date]] = {}
    for row in records:
        if row.snapshot_on is not None:
            days.setdefault(row.source, set()).add(row.snapshot_on)
    next_day = {source: dict(pairwise(sorted(those))) for source, those in days.items()}
    rows = []
    for row in records:
        if row.snapshot_on is not None:
            bounds = (row.snapshot_on, next_day[row.source].get(row.snapshot_on))
        elif row.is_dated:
            bounds = (row.valid_from, row.valid_to)
        else:
            bounds = (row.hired_on, row.left_on)
        facts = asdict(row)
        for name in ("person", "manager", "is_dated", "snapshot_on", "source"):
            del facts[name]
        rows.append(
            RosterRow(
                person=company.party(row.person),
                manager=None if row.manager is None else company.party(row.manager),
                content_hash=f"{row.content_hash + 2**63:020d}",
                **{**facts, "valid_from": bounds[0], "valid_to": bounds[1]},
            )
        )
    return rows


def events_of(company: Company) -> list[Event]:
    """The events of the interaction rows; rows of one event are merged without regard to order.

    DESIGN, decision 5, for generic files: the union of targets, the earliest time, the most
    minutes, any word that it was mutual. Where all are paired with all, whoever stands as a source
    was there as well.
    """
    rows_of_event: dict[str, list[InteractionRecord]] = {}
    for record in counted(company.interactions):
        rows_of_event.setdefault(record.event, []).append(record)
    events = []
    for event, rows in rows_of_event.items():
        sources = sorted({company.party(row.source) for row in rows})
        targets = {company.party(row.target) for row in rows if row.target is not None}
        events.append(
            Event(
                event_id=event,
                channel=rows[0].channel,
                source=sources[0],
                targets=tuple(sorted(targets | set(sources[1:]))),
                occurred_at=min(row.occurred_at for row in rows),
                minutes=max((row.minutes for row in rows if row.minutes is not None), default=None),
                mutual=any(row.is_mutual for row in rows),
            )
        )
    return events


def enrolments_of(company: Company) -> list[Enrolment]:
    """The enrolments of the people.

    docs/metrics.md, section 9: "Rows that speak of one enrolment (programme, person, role, first
    day) are one: the earliest end that is known, the most planned sessions, all partners."
    """
    together: dict[tuple[str, str, str, date], list[EnrolmentRecord]] = {}
    for row in company.enrolments:
        key = (row.programme, company.party(row.person), row.role, row.starts_on)
        if company.kind(row.person) == "person":
            together.setdefault(key, []).append(row)
    return [
        Enrolment(
            programme,
            person,
            starts_on,
            ends_on=min((row.ends_on for row in rows if row.ends_on is not None), default=None),
            partners={company.party(row.partner) for row in rows if row.partner is not None},
            planned_sessions=max(
                (row.planned_sessions for row in rows if row.planned_sessions is not None),
                default=None,
            ),
        )
        for (programme, person, _, starts_on), rows in together.items()
    ]


def sessions_of(company: Company, events: Iterable[Event]) -> list[Session]:
    """The sessions that lists have of programmes; they are among the events as well."""
    programmes = {
        record.event: record.programme
        for record in counted(company.interactions)
        if record.is_listed_session and record.programme is not None
    }
    return [
        Session(
            event.event_id,
            programmes[event.event_id],
            event.occurred_at,
            frozenset({event.source, *event.targets}),
        )
        for event in events
        if event.event_id in programmes
    ]
