"""docs/metrics.md, section 1: the covered weeks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from .events import Company, Occurrence, monday_of
from .model import ReadingError

WEEK = timedelta(days=7)
SILENT_WEEKS_THAT_PART = 13


def covered_span(
    found: Iterable[Occurrence], company: Company, given: tuple[date, date] | None
) -> tuple[date, date]:
    """The first Monday and the last Sunday of the coverage.

    Raises
    ------
        ReadingError: no whole week is covered.

    """
    if given is not None:
        # A given coverage "replaces it, widened to whole weeks."
        first_day, last_day = monday_of(given[0]), monday_of(given[1])
        last_day += timedelta(days=6)
    else:
        dates = [
            occurrence.on for occurrence in found if has_person_on_its_date(occurrence, company)
        ]
        if not dates:
            raise ReadingError("No event has a person valid on its date.")
        stretch = largest_stretch(dates)
        # "from the first Monday on or after the date of the first event […] to the
        # last Sunday on or before the date of the last."
        first_day = min(stretch) + timedelta(days=-min(stretch).weekday() % 7)
        last_day = max(stretch) - timedelta(days=(max(stretch).weekday() + 1) % 7)
    if last_day < first_day:
        raise ReadingError("The coverage is empty: the events span no whole week.")
    return first_day, last_day


def has_person_on_its_date(occurrence: Occurrence, company: Company) -> bool:
    """An event "that has among its participants a person valid on its date"."""
    return any(
        company.is_person_on(participant, occurrence.on) for participant in occurrence.participants
    )


def largest_stretch(dates: Iterable[date]) -> list[date]:
    """The dates of the stretch of events that makes the coverage.

    "Where 13 or more whole weeks without any such event part them, only the stretch
    with the most such events (each once; of equals the latest) makes the coverage".
    """
    stretches: list[list[date]] = []
    for day in sorted(dates):
        if stretches:
            weeks_apart = (monday_of(day) - monday_of(stretches[-1][-1])) // WEEK
            if weeks_apart - 1 < SILENT_WEEKS_THAT_PART:
                stretches[-1].append(day)
                continue
        stretches.append([day])
    return max(stretches, key=lambda stretch: (len(stretch), stretch[-1]))


def weeks_of(coverage: tuple[date, date]) -> list[date]:
    """The Mondays of a span of whole weeks."""
    first_day, last_day = coverage
    count = ((last_day - first_day).days + 1) // 7
    return [first_day + WEEK * number for number in range(count)]
