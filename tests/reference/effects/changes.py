"""docs/metrics.md, section 9: the change of those who have a before, beside that of controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from ..model import Enrolment
from .estimates import Match, nearest, slope
from .study import Study, last_sunday_before, monday_before

DAYS_WITHOUT_PROGRAMME = 7 * 12
"""Controls are "in no programme of that type from 12 weeks before to the horizon"."""

ALIKE = (
    ("department", "job_level", "tenure_band"),
    ("department", "tenure_band"),
    ("tenure_band",),
    (),
)
"""What controls share, and what they need not "where fewer than 5 are left"."""


@dataclass(frozen=True)
class Observed:
    """A person seen from one before-week: x, d, and what is matched on, frozen on its Sunday."""

    person: str
    before: float
    change: float
    department: str | None
    job_level: float | None
    tenure_band: str | None


def matched_changes(study: Study, enrolments: Sequence[Enrolment]) -> list[Match]:
    """δ of everybody whose x and d are known, and who has controls."""
    treated = []
    for enrolment in enrolments:
        # "the last week that ended before enrolment".
        sunday = last_sunday_before(enrolment.starts_on)
        if one := observe(enrolment.person, sunday, study):
            treated.append((sunday, one))
    pools = {sunday: pool(sunday, study) for sunday in {sunday for sunday, _ in treated}}
    b = slope_of(pools)
    return [
        Match(difference(one, controls, b), tuple(control.person for control in controls))
        for sunday, one in treated
        if (controls := controls_of(one, pools[sunday]))
    ]


def observe(person: str, sunday: date, study: Study) -> Observed | None:
    """A person who is "measured in both" weeks and whose outcome is known.

    x is the outcome of the week that ends on a Sunday, d "its change from there to the week that
    ends 4 (12) weeks later".
    """
    horizon = sunday + timedelta(weeks=study.weeks)
    row, later = study.row(person, sunday), study.row(person, horizon)
    if not (row and row["is_measured"] and later and later["is_measured"]):
        return None
    before = study.value(person, sunday, frozen_on=sunday, horizon=horizon)
    after = study.value(person, horizon, frozen_on=sunday, horizon=horizon)
    if before is None or after is None:
        return None
    frozen = study.frozen(sunday).rows[person]
    return Observed(
        person=person,
        before=before,
        change=after - before,
        department=frozen.department,
        job_level=frozen.job_level,
        tenure_band=row["tenure_band"],
    )


def pool(sunday: date, study: Study) -> list[Observed]:
    """All who are eligible as controls of a before-week, "before any matching on units"."""
    first = sunday - timedelta(days=DAYS_WITHOUT_PROGRAMME)
    horizon = sunday + timedelta(weeks=study.weeks)
    enrolled = {one.person for one in study.enrolments_of_type if one.touches(first, horizon)}
    return [
        observed
        for person in study.history.rows[monday_before(sunday)]
        if person not in enrolled and (observed := observe(person, sunday, study))
    ]


def slope_of(pools: Mapping[date, Sequence[Observed]]) -> float:
    """The slope b.

    "over all who are eligible […], one observation for each (person, before-week) of the
    programme's enrolments, after the means of each (department, before-week) are taken off". The
    before-weeks are those of the enrolled whose x and d are known.
    """
    return slope(
        ((sunday, one.department), one.before, one.change)
        for sunday, eligible in pools.items()
        for one in eligible
    )


def controls_of(one: Observed, eligible: Sequence[Observed]) -> list[Observed]:
    """M(i): the nearest in x of those who are alike, "(unknown equals unknown)"."""
    for shared in ALIKE:
        alike = [
            other
            for other in eligible
            if all(getattr(other, name) == getattr(one, name) for name in shared)
        ]
        if controls := nearest(alike, one, lambda a, b: abs(a.before - b.before)):
            return controls
    return []


def difference(one: Observed, controls: Sequence[Observed], b: float) -> float:
    """δ_i = d_i - mean over j in M(i) of (d_j + b·(x_i - x_j))."""
    return one.change - fmean(
        control.change + b * (one.before - control.before) for control in controls
    )
