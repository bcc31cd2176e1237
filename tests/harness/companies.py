"""Random companies: a few people, a few weeks, and everything that the definitions speak of.

What is drawn is small, so that hypothesis can make a company that disagrees smaller still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.harness.company import (
    SESSIONS,
    Company,
    EnrolmentRecord,
    InteractionRecord,
    RosterRecord,
)
from tests.reference.model import KNOWN_CHANNELS, PROFILES, Parameters, Programme

FIRST_MONDAYS = (
    date(2026, 2, 9),
    date(2026, 3, 2),  # clocks change in North America and Europe in these weeks
    date(2026, 10, 5),  # and back
    date(2025, 12, 1),  # the year changes
)

ZONES = (
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "America/Havana",  # clocks change at midnight
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
)

TIMES = (
    time(12),
    time(0),
    time(0, 30),
    time(1, 30),
    time(4, 15),
    time(4, 59, 59, 999_999),
    time(9, 59),
    time(18, 15),
    time(22),
    time(22, 59, 59),
    time(23, 30),
    time(23, 59, 59, 999_999),
)
"""Times in UTC, many of them beside a midnight of one of the zones."""

MINUTES = (None, 0.0, 15.0, 47.5, 240.0, 240.5, 600.0)

CROWDS = (*(0 for _ in range(30)), 1, 2, 3, 4, 5, 6, 7, 8, 14, 16, 17, 18, 19, 25)
"""Internal unknowns who are addressed as well: one more or less crosses a cap of 5, 8, 18, 19."""

RANK_BASES = tuple(
    order for size in (3, 2, 1, 0) for order in permutations(("line", "grade", "depth"), size)
)

CHANNELS = ("email", "meeting", *sorted(KNOWN_CHANNELS), "contact", "pair", "pair")

SHIFTS = (0, 0, 0, 0, 0, 0, -22, -14, 13, 14, 15)
"""Weeks by which events stray in some companies; 13 silent weeks part two stretches."""

PROGRAMMES = ("training", "mentoring", "buddy", "cross_team_project")

OTHERS = {
    "stranger": "internal_unknown",
    "client": "external",
    "supplier": "external",
    "robot": "bot",
    "room": "room",
    "list": "list",
}
"""Who is not on the roster, and what they are."""


@dataclass(frozen=True)
class Frame:
    """What is drawn first: the people, the weeks, and what may be known of anybody."""

    people: tuple[str, ...]
    first_monday: date
    weeks: int
    days: tuple[date, ...]
    """The few days on which anything begins or ends, so that bounds meet and rows overlap."""
    units: dict[str, tuple[str | None, ...]]
    levels: tuple[float | None, ...]
    aliases: dict[str, str]
    shifts: tuple[int, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who may take part in an event, by any identifier."""
        return (*self.people, *self.aliases, *OTHERS)


def one_in(count: int) -> SearchStrategy[bool]:
    """Draw true once in so many times."""
    return st.sampled_from((*(False for _ in range(count - 1)), True))


@st.composite
def frames(draw: DrawFn) -> Frame:
    """Draw a frame; small companies are drawn more often, since more of their pairs are tied."""
    count = draw(st.sampled_from((3, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12)))
    people = tuple(f"p{number:02d}" for number in range(count))
    first_monday = draw(st.sampled_from(FIRST_MONDAYS))
    weeks = draw(st.integers(5, 10))
    offsets = draw(st.lists(st.integers(-10, 7 * weeks + 10), min_size=3, max_size=5))
    known = {
        "team": ("A", "B", "C"),
        "department": ("X", "Y", "Z"),
        "discipline": ("dev", "ops"),
        "location": ("here", "there"),
        "work_mode": ("office", "home"),
    }
    # Everybody's is known, somebody's or nobody's.
    units = {
        unit: draw(st.sampled_from((names, names, (*names, None), (None,))))
        for unit, names in known.items()
    }
    some_levels, all_levels = (1.0, 2.0, 3.0, None), (1.0, 2.0, 2.5, 4.0)
    levels = draw(st.sampled_from((some_levels, all_levels, some_levels, (None,))))
    return Frame(
        people=people,
        first_monday=first_monday,
        weeks=weeks,
        days=tuple(first_monday + timedelta(days=offset) for offset in offsets),
        units=units,
        levels=levels,
        aliases={f"{person}@mail": person for person in people[:2]},
        shifts=SHIFTS if draw(one_in(6)) else (0,),
    )


@st.composite
def roster_records(draw: DrawFn, frame: Frame) -> tuple[RosterRecord, ...]:
    """Draw a roster: mostly one row a person, under somebody who comes earlier in the list."""
    counts = st.sampled_from((1, 1, 1, 1, 2, 2, 3, 0))
    facts = st.fixed_dictionaries(
        {
            **{unit: st.sampled_from(names) for unit, names in frame.units.items()},
            "job_level": st.sampled_from(frame.levels),
            "hired_on": st.sampled_from(hiring_days(frame)),
        }
    )
    holding = bounds(frame)
    managers = st.sampled_from((1, 1, 1, 2, 2, 3, None, "anybody", "nobody valid"))
    anybody = st.sampled_from((*frame.people, *frame.aliases))
    nobody_valid = st.sampled_from(("stranger", "robot", "gone"))
    by_alias = one_in(10)
    aliases = {person: alias for alias, person in frame.aliases.items()}

    records = []
    for place, person in enumerate(frame.people):
        for _ in range(draw(counts)):
            manager = draw(managers)
            if isinstance(manager, int):
                # So many places up the list; nobody where it ends.
                manager = frame.people[place - manager] if manager <= place else None
            elif manager is not None:
                manager = draw(anybody if manager == "anybody" else nobody_valid)
            name = aliases.get(person, person) if draw(by_alias) else person
            records.append(RosterRecord(name, manager, **draw(facts), **draw(holding)))
    return tuple(records)


def hiring_days(frame: Frame) -> tuple[date | None, ...]:
    """Days on which somebody may have been hired, those where a tenure band ends among them."""
    last_sunday = frame.first_monday + timedelta(days=7 * frame.weeks - 1)
    long_ago = [last_sunday - timedelta(days=days) for days in (26 * 7, 26 * 7 + 8, 104 * 7 + 1)]
    return (None, None, None, *long_ago, *frame.days)


def bounds(frame: Frame) -> SearchStrategy[dict[str, object]]:
    """Draw for how long a row holds, in each of the ways in which a file may say so."""
    days = st.sampled_from((None, None, *frame.days))
    always = st.just({})
    return st.one_of(
        *(always, always, always, always),
        st.fixed_dictionaries({"left_on": days}),
        st.fixed_dictionaries({"is_dated": st.just(True), "valid_from": days, "valid_to": days}),
        st.fixed_dictionaries({"is_dated": st.just(True), "valid_from": days, "left_on": days}),
        st.fixed_dictionaries(
            {
                "snapshot_on": st.sampled_from(frame.days),
                "source": st.sampled_from(("hr", "hr", "hr_abroad", "forgotten")),
            }
        ),
    )


@dataclass(frozen=True)
class Habit:
    """An event that comes back in some weeks, and how its rows are written."""

    channel: str
    source: str
    targets: list[str]
    crowd: int
    weekday: int
    at: time
    weeks: int
    """The weeks as the bits of a number."""
    shift: int
    minutes: float | None
    is_mutual: bool
    way: str
    """`plain`, `all_speak` (rows with other sources), `met_twice`, `forgotten`."""
    programme: str | None

    def occasions(self, frame: Frame) -> list[datetime]:
        """When it happens."""
        monday = frame.first_monday + timedelta(days=7 * self.shift + self.weekday)
        return [
            datetime.combine(monday + timedelta(days=7 * week), self.at, UTC)
            for week in range(frame.weeks)
            if self.weeks >> week & 1
        ]

    def records(self, event: str, occasion: datetime) -> list[InteractionRecord]:
        """Write its rows of one occasion."""
        records = []
        crowd = [f"crowd{number:02d}" for number in range(self.crowd)]
        for place, target in enumerate([*self.targets, *crowd] or [None]):
            # Rows of `contact` are an event each.
            name = f"{event}|{place}" if self.channel == "contact" else event
            source, minutes = self.source, self.minutes
            is_mutual, at = self.is_mutual, occasion
            # What is addressed to a list is so by a target.
            if self.way == "all_speak" and self.channel in {"meeting", "call"} and place:
                source, target = (source, target) if target == "list" else (target, source)
            if self.way == "met_twice" and place:
                minutes, is_mutual, at = None, False, occasion + timedelta(hours=3)
            file = "forgotten" if self.way == "forgotten" else "mail"
            programme = self.programme if self.channel in SESSIONS else None
            records.append(
                InteractionRecord(
                    name, self.channel, source, target, at, minutes, is_mutual, file, programme
                )
            )
        return records


def programmes(frame: Frame) -> SearchStrategy[tuple[Programme, ...]]:
    """Draw up to three programmes, of one type or several."""
    days = st.sampled_from((None, None, *frame.days))
    return st.lists(st.tuples(st.sampled_from(PROGRAMMES), days, days), max_size=3).map(
        lambda drawn: tuple(
            Programme(f"programme {number}", *facts) for number, facts in enumerate(drawn)
        )
    )


def enrolment_records(
    frame: Frame, held: tuple[Programme, ...]
) -> SearchStrategy[tuple[EnrolmentRecord, ...]]:
    """Draw rows of enrolments, some of which speak of one."""
    if not held:
        return st.just(())
    anybody = st.sampled_from((*frame.people, *frame.people, *frame.parties))
    starts = [frame.first_monday + timedelta(days=days) for days in (-30, 8, 22, 29)]
    rows = st.builds(
        EnrolmentRecord,
        programme=st.sampled_from([programme.programme_id for programme in held]),
        person=anybody,
        role=st.sampled_from(("participant", "participant", "host")),
        starts_on=st.sampled_from((*starts, *frame.days)),
        ends_on=st.sampled_from((None, None, *frame.days)),
        partner=st.none() | anybody,
        planned_sessions=st.sampled_from((None, 0, 3, 4)),
    )
    return st.lists(rows, max_size=8, unique=True).map(tuple)


def interaction_records(
    frame: Frame, held: tuple[Programme, ...]
) -> SearchStrategy[tuple[InteractionRecord, ...]]:
    """Draw habits, each an event that comes back in some of the weeks."""
    anybody = st.sampled_from((*frame.people, *frame.people, *frame.people, *frame.parties))
    habits = st.builds(
        Habit,
        channel=st.sampled_from(CHANNELS),
        source=anybody,
        targets=st.lists(anybody, max_size=4, unique=True),
        crowd=st.sampled_from(CROWDS),
        weekday=st.integers(0, 6),
        at=st.sampled_from(TIMES),
        weeks=st.integers(1, 2**frame.weeks - 1),
        shift=st.sampled_from(frame.shifts),
        minutes=st.sampled_from(MINUTES),
        is_mutual=st.booleans(),
        way=st.sampled_from(("plain", "plain", "plain", "all_speak", "met_twice", "forgotten")),
        programme=st.sampled_from((None, *(programme.programme_id for programme in held))),
    )
    return st.lists(habits, min_size=8, max_size=30).map(
        lambda drawn: tuple(
            record
            for number, habit in enumerate(drawn)
            for occasion in habit.occasions(frame)
            for record in habit.records(f"{number}|{occasion.date()}", occasion)
        )
    )


@st.composite
def parameters(draw: DrawFn, frame: Frame) -> Parameters:
    """Draw what `tacit.yml` may set."""
    coverage = None
    if draw(one_in(4)):
        first = draw(st.integers(-3, 7 * frame.weeks))
        length = draw(st.integers(0, 7 * frame.weeks))
        day = frame.first_monday + timedelta(days=first)
        coverage = (day, day + timedelta(days=length))
    return Parameters(
        timezone=draw(st.sampled_from(ZONES)),
        interaction_profile=draw(st.sampled_from(sorted(PROFILES))),
        tie_window_weeks=draw(st.integers(1, 6)),
        tie_min_interactions=draw(st.integers(1, 3)),
        tie_requires_reciprocity=draw(st.booleans()),
        rank_bases=draw(st.sampled_from(RANK_BASES)),
        coverage=coverage,
        has_domains=draw(st.booleans()),
        has_roster=not draw(one_in(12)),
        min_group_size=draw(st.sampled_from((1, 2, 5))),
    )


@st.composite
def companies(draw: DrawFn) -> Company:
    """Draw a company of 3 to 12 people and 5 to 10 weeks."""
    frame = draw(frames())
    drawn = draw(parameters(frame))
    held = draw(programmes(frame))
    interactions = draw(interaction_records(frame, held))
    roster = draw(roster_records(frame)) if drawn.has_roster else ()
    people = {} if drawn.has_roster else dict.fromkeys(frame.people, "person")
    return Company(
        roster=roster,
        interactions=interactions,
        programmes=held,
        enrolments=draw(enrolment_records(frame, held)),
        parties={**OTHERS, **people},
        aliases=frame.aliases,
        parameters=drawn,
        derives_units=draw(one_in(5)),
    )
