"""The covered weeks with all that was read of them: what sections 4 and 7 to 9 look back on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .events import Company, Occurrence, PairEvent, monday_of
from .interactions import PairLedger
from .model import Parameters, Row
from .week import Week


@dataclass(frozen=True)
class History:
    """Everything of the coverage; events outside it "count in no number"."""

    coverage: tuple[date, date]
    company: Company
    parameters: Parameters
    occurrences: list[Occurrence]
    ledger: PairLedger
    weeks: Mapping[date, Week]
    """The covered weeks by their Monday, in order."""
    rows: Mapping[date, Mapping[str, Row]]
    """The rows of section 3 by week and person."""

    def has_covered_window(self, start: date) -> bool:
        """Whether a week and its window lie in the coverage."""
        return start in self.weeks and self.weeks[start].window_start >= self.coverage[0]

    def covers(self, first: date, last: date) -> bool:
        """Whether all days from the first to the last lie in the coverage."""
        return self.coverage[0] <= first and last <= self.coverage[1]

    def pair_events(self, one: str, other: str, first: date, last: date) -> list[PairEvent]:
        """The meaningful pair events of two persons in a span of days, both ends included."""
        pair = min(one, other), max(one, other)
        found = []
        week = monday_of(first)
        while week <= last:
            found += [
                event
                for event in self.ledger.persons.get(week, {}).get(pair, ())
                if first <= event.on <= last
            ]
            week += timedelta(days=7)
        return found
