"""The worked example of docs/metrics.md, section 12, as input."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from .model import Event, Parameters, RosterRow

WEEK_START = date(2026, 3, 2)
"""The week that the example follows."""

MAILED_BY_ANN = ("bob", *(f"unknown-{number}" for number in range(24)))
"""Friday's 25 people."""


def at_noon(month: int, day: int) -> datetime:
    """Noon of a day of 2026, in UTC."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


@dataclass(frozen=True)
class WorkedExample:
    """Roster, events, parties and parameters of the example."""

    roster_rows: tuple[RosterRow, ...] = (
        RosterRow("ann", team="A", job_level=3),
        RosterRow("bob", team="A", job_level=1, manager="ann"),
        RosterRow("cat", team="A", job_level=1, manager="ann"),
        RosterRow("dan", team="D", job_level=2),
    )
    events: tuple[Event, ...] = (
        Event("outside-first", "email", "outside", ("ann",), at_noon(2, 9)),
        Event("outside-last", "email", "outside", ("ann",), at_noon(3, 8)),
        Event("monday", "email", "bob", ("ann", "dan"), at_noon(3, 2)),
        Event("wednesday", "email", "dan", ("bob",), at_noon(3, 4)),
        Event("thursday", "meeting", "ann", ("bob", "cat"), at_noon(3, 5), minutes=30),
        Event("friday", "email", "ann", MAILED_BY_ANN, at_noon(3, 6)),
    )
    parties: dict[str, str] = field(default_factory=lambda: {"outside": "external"})
    parameters: Parameters = field(default_factory=lambda: Parameters(has_domains=True))
