"""docs/metrics.md, section 9: what both designs ask of one programme, outcome and horizon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..history import History
from ..model import Enrolment, Row
from ..roster import RosterDay
from .outcomes import Outcomes

NEW_DAYS = 7 * 8
"""Who was "hired less than 8 weeks before enrolment has no 'before'"."""


@dataclass(frozen=True)
class Study:
    """One programme, outcome and horizon, with or without the pairs of fellow participants.

    Weeks are named by their Sunday here, as the page does.
    """

    history: History
    outcomes: Outcomes
    newcomer_hires: Mapping[str, date]
    enrolments: Sequence[Enrolment]
    """Those of the programme."""
    enrolments_of_type: Sequence[Enrolment]
    """Those of all programmes of its type."""
    outcome: str
    weeks: int
    is_without_fellow_pairs: bool

    def first_enrolments(self) -> list[Enrolment]:
        """Each person's: "A person's first enrolment in the programme counts"."""
        first: dict[str, Enrolment] = {}
        for one in sorted(self.enrolments, key=lambda one: (one.person, one.starts_on)):
            if one.person in self.history.company.roster.persons:
                first.setdefault(one.person, one)
        return list(first.values())

    def row(self, person: str, sunday: date) -> Row | None:
        """The person's row of the week, None where there is none."""
        return self.history.rows.get(monday_before(sunday), {}).get(person)

    def frozen(self, on: date) -> RosterDay:
        """The roster as frozen on a day."""
        return self.outcomes.frozen(on)

    def value(self, person: str, sunday: date, frozen_on: date, horizon: date) -> float | None:
        """The outcome of a person in a week.

        "each also without pairs whose two persons both have an enrolment in the programme begun
        by the horizon's Sunday (for controls too)".
        """
        fellows: set[str] = set()
        if self.is_without_fellow_pairs:
            fellows = {one.person for one in self.enrolments if one.starts_on <= horizon}
        return self.outcomes.value(
            self.outcome,
            person,
            monday_before(sunday),
            frozen_on,
            left_out=fellows if person in fellows else set(),
        )


def hired_on(enrolment: Enrolment, study: Study) -> date | None:
    """The hire as the roster has it on the day of the enrolment, or on the nearest valid day."""
    row = study.frozen(enrolment.starts_on).rows.get(enrolment.person)
    return None if row is None else row.hired_on


def is_new(enrolment: Enrolment, study: Study) -> bool:
    """Whether the person was hired "less than 8 weeks before enrolment", or after it."""
    hire = hired_on(enrolment, study)
    return hire is not None and (enrolment.starts_on - hire).days < NEW_DAYS


def monday_before(sunday: date) -> date:
    """The Monday of the week that ends on a Sunday."""
    return sunday - timedelta(days=6)


def last_sunday_before(day: date) -> date:
    """The last Sunday before a day; of a Sunday the one a week earlier."""
    return day - timedelta(days=day.weekday() + 1)
