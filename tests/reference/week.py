"""All that one week's rows are made of: who is present, their pairs, their ties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .events import Company, PairEvent
from .interactions import Pair, PairLedger, PairWindow, is_tie, pairs_in_window
from .model import Parameters, RosterRow

NOTHING: Mapping[str, list[PairEvent]] = {}


@dataclass(frozen=True)
class Presence:
    """A person's row of a week: the day that decides it, and the roster's row of it."""

    day: date
    roster: RosterRow

    def unit(self, name: str) -> str | None:
        """The person's team, department, … of the row; None is unknown."""
        return getattr(self.roster, name)


@dataclass(frozen=True)
class Week:
    """One week of the coverage."""

    start: date
    company: Company
    parameters: Parameters
    present: Mapping[str, Presence]
    windows: Mapping[Pair, PairWindow]
    """The window of each pair of which both have a row in the week."""
    external_windows: Mapping[Pair, PairWindow]
    """The window of each pair of a person and an external."""
    ties: Mapping[Pair, PairWindow]
    contacts: Mapping[str, frozenset[str]]
    """N(p, w)."""
    met: Mapping[str, Mapping[str, list[PairEvent]]]
    """Person, then other person: their pair events of the week itself."""

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.start + timedelta(days=6)

    @property
    def window_start(self) -> date:
        """The first day of the window, which ends with the Sunday."""
        return self.sunday - timedelta(days=7 * self.parameters.tie_window_weeks - 1)

    def met_by(self, person: str) -> Mapping[str, list[PairEvent]]:
        """The person's pair events of the week, by the other person."""
        return self.met.get(person, NOTHING)

    def window_between(self, person: str, other: str) -> PairWindow:
        """The window of two people in whatever order."""
        return self.windows[min(person, other), max(person, other)]


def week_of(start: date, ledger: PairLedger, company: Company, parameters: Parameters) -> Week:
    """Gather a week."""
    present = people_present(start, company)
    windows = {
        pair: window
        for pair, window in pairs_in_window(ledger.persons, start, parameters).items()
        # Section 2, *Tie*: "both have a row in w".
        if pair[0] in present and pair[1] in present
    }
    ties = {pair: window for pair, window in windows.items() if is_tie(window, parameters)}
    contacts: dict[str, set[str]] = {person: set() for person in present}
    for a, b in ties:
        contacts[a].add(b)
        contacts[b].add(a)
    met: dict[str, dict[str, list[PairEvent]]] = defaultdict(dict)
    for (a, b), events_of_pair in ledger.persons.get(start, {}).items():
        met[a][b] = events_of_pair
        met[b][a] = events_of_pair
    return Week(
        start=start,
        company=company,
        parameters=parameters,
        present=present,
        windows=windows,
        external_windows=pairs_in_window(ledger.externals, start, parameters),
        ties=ties,
        contacts={person: frozenset(others) for person, others in contacts.items()},
        met=met,
    )


def people_present(start: date, company: Company) -> dict[str, Presence]:
    """Section 3: "One row for each person valid on at least one day of week w".

    "Units, level and manager of a row are those of the last day of w on which the
    person was valid".
    """
    present: dict[str, Presence] = {}
    for number in range(7):
        day = start + timedelta(days=number)
        for person, row in company.roster.day(day).rows.items():
            present[person] = Presence(day, row)
    return present
