"""docs/metrics.md, section 9: people who were new when they enrolled, beside other newcomers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from ..model import Enrolment
from .estimates import Match, nearest
from .study import Study, hired_on, last_sunday_before, monday_before


@dataclass(frozen=True)
class Newcomer:
    """A person so many weeks after hire, whose outcome of that week is known."""

    person: str
    hired_on: date
    outcome: float
    department: str | None


def matched_newcomers(study: Study, enrolments: Sequence[Enrolment]) -> list[Match]:
    """δ of everybody whose outcome is known, and who has controls."""
    matches = []
    for enrolment in enrolments:
        hire = hired_on(enrolment, study)
        # "4 (12) weeks after the last Sunday before the later of hire and enrolment".
        sunday = last_sunday_before(max(hire, enrolment.starts_on)) + timedelta(weeks=study.weeks)
        one = observe(enrolment.person, hire, sunday, study)
        if one is not None:
            others = newcomers_after((sunday - hire).days // 7, study)
            if controls := controls_of(one, others):
                difference = one.outcome - fmean(control.outcome for control in controls)
                matches.append(Match(difference, tuple(control.person for control in controls)))
    return matches


def observe(person: str, hire: date, sunday: date, study: Study) -> Newcomer | None:
    """A newcomer in the week that ends on a Sunday.

    The row is as in section 8: active, with the window in the coverage, "its validity waived".
    Units and ranks are frozen on the Sunday from which the weeks of the horizon are counted.
    """
    row = study.row(person, sunday)
    has_window = study.history.has_covered_window(monday_before(sunday))
    if not (row and row["is_active"] and has_window):
        return None
    frozen_on = sunday - timedelta(weeks=study.weeks)
    outcome = study.value(person, sunday, frozen_on, horizon=sunday)
    if outcome is None:
        return None
    return Newcomer(person, hire, outcome, study.frozen(frozen_on).rows[person].department)


def newcomers_after(weeks_since_hire: int, study: Study) -> list[Newcomer]:
    """The newcomers "at the same weeks since hire, in no programme of that type up to then"."""
    found = []
    for person, hire in study.newcomer_hires.items():
        # The one Sunday that lies so many whole weeks after the hire.
        sunday = hire + timedelta(days=6 - hire.weekday(), weeks=weeks_since_hire)
        enrolled = {one.person for one in study.enrolments_of_type if one.starts_on <= sunday}
        if person not in enrolled and (one := observe(person, hire, sunday, study)):
            found.append(one)
    return found


def controls_of(one: Newcomer, others: Sequence[Newcomer]) -> list[Newcomer]:
    """The "5 newcomers (and equals) hired nearest in time", of the department, "else of all"."""
    same = [other for other in others if other.department == one.department]
    return nearest(same, one, days_apart) or nearest(others, one, days_apart)


def days_apart(one: Newcomer, other: Newcomer) -> int:
    """How far apart two were hired."""
    return abs((one.hired_on - other.hired_on).days)
