"""docs/metrics.md, section 3.3: who ranks above whom, and the lifting classes."""

from __future__ import annotations

from datetime import date
from enum import Enum

from .roster import Roster, RosterDay


class Rank(Enum):
    """Where another person stands, seen from a person; unknown is None."""

    ABOVE = "above"
    SAME = "same"
    BELOW = "below"


LIFTING_CLASSES = (
    "lifting_own_manager",
    "lifting_skip_level",
    "lifting_other_upline",
    "lifting_senior_unknown_team",
    "lifting_senior_peer",
    "lifting_cross_team_senior",
)


class Ranks:
    """Compares people by the first basis that can, on any date."""

    def __init__(self, roster: Roster, bases: tuple[str, ...]) -> None:
        """Take the roster and the bases in the order in which they are asked."""
        self._roster = roster
        self._bases = bases
        self._known: dict[tuple[int, str, str], Rank | None] = {}
        self._someone_above: dict[tuple[int, str], bool | None] = {}

    def of_other(self, person: str, other: str, on: date) -> Rank | None:
        """Where `other` stands seen from `person` on a date; None is unknown."""
        key = (self._roster.period(on), person, other)
        if key not in self._known:
            day = self._roster.day(on)
            self._known[key] = first_that_compares(person, other, day, self._bases)
        return self._known[key]

    def lifting_class(self, person: str, senior: str, on: date) -> str:
        """The class of an interaction with somebody who ranks above the person.

        Section 3.3: "each falls in exactly one class, first match wins, all as on its
        date".
        """
        day = self._roster.day(on)
        above = day.uplines[person]
        own_team, other_team = day.rows[person].team, day.rows[senior].team
        if above and senior == above[0]:
            return "lifting_own_manager"
        if len(above) > 1 and senior == above[1]:
            return "lifting_skip_level"
        if senior in above:
            return "lifting_other_upline"
        if own_team is None or other_team is None:
            return "lifting_senior_unknown_team"
        if own_team == other_team:
            return "lifting_senior_peer"
        return "lifting_cross_team_senior"

    def has_someone_above(self, person: str, on: date) -> bool | None:
        """Section 3.3, over everybody else who is valid that day.

        "somebody valid that day ranks above p; NULL when p can be compared with
        nobody".
        """
        key = (self._roster.period(on), person)
        if key not in self._someone_above:
            self._someone_above[key] = self._find_someone_above(person, on)
        return self._someone_above[key]

    def _find_someone_above(self, person: str, on: date) -> bool | None:
        day = self._roster.day(on)
        can_be_compared = False
        for other in day.rows:
            if other == person:
                continue
            rank = first_that_compares(person, other, day, self._bases)
            if rank is Rank.ABOVE:
                return True
            can_be_compared = can_be_compared or rank is not None
        return False if can_be_compared else None

    def is_ranked(self, person: str, on: date) -> bool:
        """Section 3.3: "p has an upline, reports, a job_level or a depth"."""
        day = self._roster.day(on)
        return (
            bool(day.uplines[person])
            or person in day.managing
            or day.rows[person].job_level is not None
            or person in day.depths
        )


def first_that_compares(
    person: str, other: str, day: RosterDay, bases: tuple[str, ...]
) -> Rank | None:
    """Section 3.3: "Rank, on the event's date, first basis that compares"."""
    by_basis = {"line": by_line, "grade": by_grade, "depth": by_depth}
    for basis in bases:
        rank = by_basis[basis](person, other, day)
        if rank is not None:
            return rank
    return None


def by_line(person: str, other: str, day: RosterDay) -> Rank | None:
    """`line`: "q is in p's upline, so q ranks above p"."""
    if other in day.uplines[person]:
        return Rank.ABOVE
    if person in day.uplines[other]:
        return Rank.BELOW
    return None


def by_grade(person: str, other: str, day: RosterDay) -> Rank | None:
    """`grade`: both have a level, "the higher number ranks above, equal is equal"."""
    own, theirs = day.rows[person].job_level, day.rows[other].job_level
    if own is None or theirs is None:
        return None
    if theirs > own:
        return Rank.ABOVE
    return Rank.BELOW if theirs < own else Rank.SAME


def by_depth(person: str, other: str, day: RosterDay) -> Rank | None:
    """`depth`: both have a reporting depth.

    "the smaller ranks above *if that person manages somebody*, otherwise they count as
    equal".
    """
    if person not in day.depths or other not in day.depths:
        return None
    own, theirs = day.depths[person], day.depths[other]
    if theirs < own and other in day.managing:
        return Rank.ABOVE
    if own < theirs and person in day.managing:
        return Rank.BELOW
    return Rank.SAME
