"""docs/metrics.md, section 3: the rows of person and week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from .events import Company, Occurrence, PairEvent
from .giving import GiftLedger, giving
from .interactions import PairLedger
from .lifting import lifting
from .model import UNITS, Row
from .network import network_diversity, network_size
from .ranks import Ranks
from .week import Week

ActiveDay = tuple[str, date]


def active_days(
    found: Iterable[Occurrence], ledger: PairLedger, company: Company
) -> set[ActiveDay]:
    """The (person, date) that make somebody active.

    Section 3, `is_active`: "on a date of the window on which p was valid, p was the
    actor of an event (caps aside) or one of the two persons of a meaningful mutual pair
    event".
    """
    active = {
        (occurrence.actor, occurrence.on)
        for occurrence in found
        if occurrence.actor is not None and company.is_person_on(occurrence.actor, occurrence.on)
    }
    shared: Iterable[PairEvent] = (
        one
        for by_pair in ledger.persons.values()
        for events_of_pair in by_pair.values()
        for one in events_of_pair
        if one.is_mutual
    )
    for one in shared:
        active.add((one.a, one.on))
        active.add((one.b, one.on))
    return active


def person_rows(
    week: Week,
    coverage: tuple[date, date],
    active: set[ActiveDay],
    gifts: GiftLedger,
    ranks: Ranks,
) -> list[Row]:
    """One row for each person valid on at least one day of the week."""
    span = 7 * week.parameters.tie_window_weeks
    window = [week.sunday - timedelta(days=back) for back in range(span)]
    rows = []
    for person in sorted(week.present):
        day, on_roster = week.present[person].day, week.present[person].roster
        # "the window lies in the coverage and the person was valid on all its days".
        is_full_window = window[-1] >= coverage[0] and all(
            week.company.is_person_on(person, one) for one in window
        )
        # Events outside the coverage "count in no number": `active` has none.
        is_active = any((person, one) in active for one in window)
        weeks = tenure_weeks(on_roster.hired_on, week.sunday)
        rows.append(
            {
                "person_id": person,
                "week_start": week.start,
                **{unit: week.present[person].unit(unit) for unit in UNITS},
                "job_level": on_roster.job_level,
                "reporting_depth": week.company.roster.day(day).depths.get(person),
                "manager_id": week.company.roster.day(day).managers.get(person),
                "tenure_weeks": weeks,
                "tenure_band": tenure_band(weeks),
                "is_full_window": is_full_window,
                "is_active": is_active,
                "is_measured": is_full_window and is_active,
                **network_size(person, week),
                **network_diversity(person, week),
                **lifting(person, week, ranks),
                **giving(person, week, gifts),
            }
        )
    return rows


def tenure_weeks(hired_on: date | None, sunday: date) -> int | None:
    """Section 5: "whole weeks from `hired_on` to the Sunday of w".

    "unknown if negative or without a date".
    """
    if hired_on is None or hired_on > sunday:
        return None
    return (sunday - hired_on).days // 7


def tenure_band(weeks: int | None) -> str | None:
    """Section 5: under 26 weeks, 26 to 103, 104 and over."""
    if weeks is None:
        return None
    if weeks < 26:
        return "under_26_weeks"
    return "26_to_103_weeks" if weeks < 104 else "104_weeks_and_over"
