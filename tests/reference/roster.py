"""docs/metrics.md, section 1: who is valid on a date, manager links, depths."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .model import RosterRow


@dataclass(frozen=True)
class RosterDay:
    """The roster as it stands on one day.

    `managers` are the effective links (the forest), `uplines` run from the manager up,
    `managing` are the persons with at least one report.
    """

    rows: Mapping[str, RosterRow]
    managers: Mapping[str, str]
    uplines: Mapping[str, tuple[str, ...]]
    managing: frozenset[str]
    depths: Mapping[str, int]


class Roster:
    """All roster rows, and the roster of any day made from them."""

    def __init__(self, rows: Iterable[RosterRow]) -> None:
        """Take the rows of all persons, in any order."""
        self._rows: dict[str, list[RosterRow]] = {}
        for row in rows:
            self._rows.setdefault(row.person, []).append(row)
        self._bounds = sorted(
            {
                bound
                for rows_of_person in self._rows.values()
                for row in rows_of_person
                for bound in (row.valid_from, row.valid_to)
                if bound is not None
            }
        )
        self._days: dict[int, RosterDay] = {}

    @property
    def persons(self) -> frozenset[str]:
        """Section 1, *person*: somebody on the roster, whenever valid."""
        return frozenset(self._rows)

    @property
    def bounds(self) -> list[date]:
        """The days on which anybody's row begins or ends, in order."""
        return self._bounds

    def period(self, on: date) -> int:
        """The number of the period of unchanged roster in which a date lies."""
        return bisect_right(self._bounds, on)

    def day(self, on: date) -> RosterDay:
        """The roster of a date."""
        period = self.period(on)
        if period not in self._days:
            self._days[period] = self._read_day(on)
        return self._days[period]

    def days(self, first: date, last: date) -> Iterator[RosterDay]:
        """The rosters of a span of days, each that is unchanged for some days once."""
        for on in (first, *(bound for bound in self._bounds if first < bound <= last)):
            yield self.day(on)

    def is_valid(self, person: str, on: date) -> bool:
        """Section 1, *valid on a date*."""
        return person in self.day(on).rows

    def nearest_valid_day(self, person: str, on: date) -> date | None:
        """The day itself, or the nearest on which a person is valid, "the later of two".

        None where the person is valid on no day.
        """
        if self.is_valid(person, on):
            return on
        days = []
        for row in self._rows.get(person, ()):
            first, end = row.valid_from, row.valid_to
            if first is not None and end is not None and end <= first:
                continue
            # The person is not valid then, so that a row lies after the day or before it.
            days.append(first if first is not None and first > on else end - timedelta(days=1))
        return min(days, key=lambda day: (abs(day - on), -day.toordinal()), default=None)

    def frozen(self, on: date) -> RosterDay:
        """Everybody's row, upline and depth as on a day.

        Section 9: "frozen on the Sunday of the before-week (who is not valid then: on the nearest
        valid day, the later of two)". Of such a person all is read off the roster of that other
        day, managers too.
        """
        days = {
            person: self.day(day)
            for person in self._rows
            if (day := self.nearest_valid_day(person, on)) is not None
        }
        return RosterDay(
            rows={person: day.rows[person] for person, day in days.items()},
            managers={
                person: day.managers[person]
                for person, day in days.items()
                if person in day.managers
            },
            uplines={person: day.uplines[person] for person, day in days.items()},
            managing=frozenset(person for person, day in days.items() if person in day.managing),
            depths={
                person: day.depths[person] for person, day in days.items() if person in day.depths
            },
        )

    def _read_day(self, on: date) -> RosterDay:
        rows = {
            person: row
            for person, rows_of_person in self._rows.items()
            if (row := row_that_holds(rows_of_person, on)) is not None
        }
        managers = manager_links(rows)
        managing = frozenset(managers.values())
        return RosterDay(
            rows=rows,
            managers=managers,
            uplines={person: upline(person, managers) for person in rows},
            managing=managing,
            depths=reporting_depths(rows, managers, managing),
        )


def row_that_holds(rows: Iterable[RosterRow], on: date) -> RosterRow | None:
    """The row of one person that holds on a date, None where none does.

    Section 1: "a roster row with `valid_from <= date < valid_to`; an empty bound is
    open. Of overlapping rows the one that begins last holds; of equals the one that
    ends first, then the one with the smaller content hash. A row that ends on or before
    its beginning holds on no day" (which the first condition says already).
    """
    valid = [
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on < row.valid_to)
    ]
    if not valid:
        return None
    return min(
        valid,
        key=lambda row: (
            -(row.valid_from or date.min).toordinal(),
            row.valid_to or date.max,
            row.content_hash,
            repr(row),
        ),
    )


def manager_links(rows: Mapping[str, RosterRow]) -> dict[str, str]:
    """The effective links from person to manager among those valid on one day.

    Section 1: "Dropped: to oneself, to nobody valid (an *orphan*), and all links inside
    a cycle. What is left is a forest".
    """
    links = {
        person: row.manager
        for person, row in rows.items()
        if row.manager is not None and row.manager != person and row.manager in rows
    }
    in_cycle = {person for person in links if is_in_cycle(person, links)}
    return {person: manager for person, manager in links.items() if person not in in_cycle}


def is_in_cycle(person: str, links: Mapping[str, str]) -> bool:
    """Whether following the links from a person leads back to that person."""
    seen: set[str] = set()
    current = person
    while current in links and current not in seen:
        seen.add(current)
        current = links[current]
        if current == person:
            return True
    return False


def upline(person: str, managers: Mapping[str, str]) -> tuple[str, ...]:
    """Section 1: "p's manager, that manager's manager, and so on"."""
    above: list[str] = []
    current = person
    while current in managers:
        current = managers[current]
        above.append(current)
    return tuple(above)


def reporting_depths(
    rows: Mapping[str, RosterRow],
    managers: Mapping[str, str],
    managing: frozenset[str],
) -> dict[str, int]:
    """The reporting depth of those who have one.

    Section 1: "0 for a person who manages somebody and was given no manager (or
    himself); else 1 + the manager's. None for orphans, members of a cycle, everybody
    below them, and people with neither manager nor reports". Orphans and members of a
    cycle have no effective link left, yet were given a manager.
    """
    depths: dict[str, int] = {}
    for person in rows:
        above = upline(person, managers)
        top = above[-1] if above else person
        was_given_none = rows[top].manager is None or rows[top].manager == top
        if was_given_none and top in managing:
            depths[person] = len(above)
    return depths
