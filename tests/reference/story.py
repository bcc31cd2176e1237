"""Short stories of four weeks: builders for the tests of this reading."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from .model import Event, Parameters, ProgrammeRecords, Reading, RosterRow, Row, Space
from .reading import read_company

FIRST_MONDAY = date(2026, 2, 9)
WEEK = date(2026, 3, 2)
FOUR_WEEKS = (FIRST_MONDAY, WEEK + timedelta(days=6))
numbers = itertools.count()


def event(source: str, *targets: str, on: date = WEEK, **more: object) -> Event:
    """A mail of noon, or what `more` makes of it."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    facts = {"channel": "email", "occurred_at": noon, **more}
    return Event(event_id=f"e{next(numbers)}", source=source, targets=targets, **facts)


def people(*names: str, **facts: object) -> list[RosterRow]:
    """Roster rows that are always valid."""
    return [RosterRow(name, **facts) for name in names]


def read(
    roster: list[RosterRow],
    events: list[Event],
    parties: dict[str, str] | None = None,
    spaces: Iterable[Space] = (),
    programmes: ProgrammeRecords | None = None,
    **parameters: object,
) -> Reading:
    """A reading of the four weeks."""
    settings = Parameters(**{"coverage": FOUR_WEEKS, **parameters})
    return read_company(roster, events, parties or {}, settings, spaces, programmes)


def row_of(reading: Reading, person: str, week: date = WEEK) -> Row:
    """The one row of a person and week."""
    [row] = [
        row
        for row in reading.person_weeks
        if row["person_id"] == person and row["week_start"] == week
    ]
    return row


def tied(reading: Reading, week: date = WEEK) -> set[tuple[str, str]]:
    """The pairs tied in a week."""
    rows = [row for row in reading.ties if row["week_start"] == week]
    return {(row["person_a"], row["person_b"]) for row in rows}


def segment_of(reading: Reading, kind: str = "organisation", value: str = "all") -> Row:
    """The one row of a segment in the week."""
    [row] = [
        row
        for row in reading.segment_weeks
        if (row["segment_type"], row["segment_value"], row["week_start"]) == (kind, value, WEEK)
    ]
    return row


def some(row: Row, *names: str) -> tuple:
    """Some cells of a row."""
    return tuple(row[name] for name in names)


def spread(*days: date) -> list[Event]:
    """A mail from Ann to herself on each of some days."""
    return [event("ann", "ann", on=day) for day in days]
