"""Short stories of four weeks for the warehouse: a few lines make a company and its marts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.comparison import build
from tests.harness.warehouse import Row, shared_warehouse
from tests.reference.model import Parameters

FIRST_MONDAY = date(2026, 2, 9)
WEEK = date(2026, 3, 2)
"""The last of the four weeks, the first whose window lies in the coverage."""

numbers = itertools.count()


def happened(
    source: str,
    *targets: str,
    on: date | int = WEEK,
    at: time = time(12),
    channel: str = "email",
    minutes: float | None = None,
    is_mutual: bool = False,
    file: str = "mail",
) -> list[InteractionRecord]:
    """The rows of one event: of a day, or of so many days after the Monday of the week.

    `at` is in UTC; without targets the event has one row that names none.
    """
    day = on if isinstance(on, date) else WEEK + timedelta(days=on)
    event = f"event {next(numbers)}"
    return [
        InteractionRecord(
            event=event,
            channel=channel,
            source=source,
            target=target,
            occurred_at=datetime.combine(day, at, UTC),
            minutes=minutes,
            is_mutual=is_mutual,
            file=file,
        )
        for target in targets or (None,)
    ]


def people(*names: str, **facts: object) -> list[RosterRecord]:
    """Roster rows that always hold."""
    return [RosterRecord(name, **facts) for name in names]


def held(person: str, start: date | None, end: date | None, **facts: object) -> RosterRecord:
    """A roster row that holds from a day up to another, which it does not hold on."""
    return RosterRecord(person, is_dated=True, valid_from=start, valid_to=end, **facts)


def crowd(count: int) -> list[str]:
    """So many people of the organisation whom nobody knows."""
    return [f"unknown {number}" for number in range(count)]


@dataclass(frozen=True)
class Marts:
    """What was built, with the keys that a test asks for."""

    built: dict[str, list[Row]]

    def person(self, name: str, *columns: str, week: date = WEEK) -> tuple:
        """Some cells of a person's row of a week."""
        [row] = [
            row
            for row in self.built["fct_person_weeks"]
            if (row["person_id"], row["week_start"]) == (name, week)
        ]
        return tuple(row[column] for column in columns)

    def weeks(self) -> list[date]:
        """The weeks that have a row, in order."""
        return sorted({row["week_start"] for row in self.built["fct_person_weeks"]})

    def people(self, week: date = WEEK) -> set[str]:
        """Who has a row in a week."""
        rows = self.built["fct_person_weeks"]
        return {row["person_id"] for row in rows if row["week_start"] == week}

    def tied(self, week: date = WEEK) -> dict[tuple[str, str], int]:
        """The pairs that are tied in a week, and their interactions in its window."""
        return {
            (row["person_a"], row["person_b"]): row["interactions"]
            for row in self.built["fct_ties"]
            if row["week_start"] == week
        }

    def segment(self, kind: str, value: str, *columns: str, week: date = WEEK) -> tuple:
        """Some cells of a segment's row of a week."""
        [row] = [
            row
            for row in self.built["fct_segment_weeks"]
            if (row["segment_type"], row["segment_value"], row["week_start"]) == (kind, value, week)
        ]
        return tuple(row[column] for column in columns)

    def unit_pairs(self, unit: str, column: str, week: date = WEEK) -> dict[tuple, object]:
        """One column of a week's pairs of units of one type, by pair."""
        return {
            (row["from_unit"], row["to_unit"]): row[column]
            for row in self.built["fct_unit_pair_weeks"]
            if (row["unit_type"], row["week_start"]) == (unit, week)
        }


def told(
    roster: Iterable[RosterRecord],
    *events: list[InteractionRecord],
    parties: dict[str, str] | None = None,
    aliases: dict[str, str] | None = None,
    derives_units: bool = False,
    **parameters: object,
) -> Marts:
    """Build the marts of a story; the coverage is four weeks unless it is said otherwise."""
    four_weeks = (FIRST_MONDAY, WEEK + timedelta(days=6))
    company = Company(
        roster=tuple(roster),
        interactions=tuple(itertools.chain.from_iterable(events)),
        parties=parties or {},
        aliases=aliases or {},
        parameters=Parameters(**{"coverage": four_weeks, **parameters}),
        derives_units=derives_units,
    )
    return Marts(build(shared_warehouse(), company))
