"""docs/metrics.md, section 9: whom programmes reach.

How alive their pairs are is in `engagement`, what they change in `effects`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from .history import History
from .model import Enrolment, Programme, ProgrammeRecords, ReadingError, Row
from .segments import by_segment, gini


def check_programmes(records: ProgrammeRecords) -> None:
    """See that enrolments and sessions are of known programmes.

    Raises
    ------
        ReadingError: one is not.

    """
    known = {programme.programme_id for programme in records.programmes}
    for one in (*records.enrolments, *records.sessions):
        if one.programme_id not in known:
            raise ReadingError(f"Nothing is said of the programme {one.programme_id}.")


def reach_rows(history: History, records: ProgrammeRecords) -> list[Row]:
    """One row for each programme, month and segment with somebody eligible.

    A programme has rows in the months that it touches itself.
    """
    months = months_of(history)
    rows = []
    for programme in records.programmes:
        enrolments = [
            one for one in records.enrolments if one.programme_id == programme.programme_id
        ]
        for month, starts in months.items():
            if is_running(programme, month):
                rows += reach_of_month(programme, month, enrolments, eligible(starts, history))
    return rows


def months_of(history: History) -> dict[date, list[date]]:
    """The covered weeks by the first day of their month.

    "a week belongs to the month of its Sunday".
    """
    months: dict[date, list[date]] = defaultdict(list)
    for start, week in history.weeks.items():
        months[week.sunday.replace(day=1)].append(start)
    return months


def last_day_of(month: date) -> date:
    """The last day of the calendar month that begins on a day."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def is_running(programme: Programme, month: date) -> bool:
    """Whether some day of the calendar month lies in the programme."""
    return (programme.starts_on is None or programme.starts_on <= last_day_of(month)) and (
        programme.ends_on is None or month <= programme.ends_on
    )


def eligible(starts: Sequence[date], history: History) -> list[Row]:
    """The last row of the month of each who is "measured in any week of it"."""
    rows = [row for start in starts for row in history.rows[start].values()]
    measured = {row["person_id"] for row in rows if row["is_measured"]}
    last = {row["person_id"]: row for row in rows}
    return [row for person, row in last.items() if person in measured]


def reach_of_month(
    programme: Programme, month: date, enrolments: Sequence[Enrolment], rows: Sequence[Row]
) -> Iterator[Row]:
    """The rows of one programme and month, "in the segment of the last row of the month".

    "participants = eligible and enrolled in a span that touches the month (an open end is open)";
    each enrolment in such a span is an assignment.
    """
    assigned = Counter(one.person for one in enrolments if one.touches(month, last_day_of(month)))
    for segment_type, segment_value, rows_of_segment in by_segment(rows):
        assignments = [assigned[row["person_id"]] for row in rows_of_segment]
        participants = sum(count > 0 for count in assignments)
        yield {
            "programme_id": programme.programme_id,
            "month_start": month,
            "segment_type": segment_type,
            "segment_value": segment_value,
            "eligible": len(assignments),
            "participants": participants,
            "share": participants / len(assignments),
            # "for cross_team_project the Gini of assignments over the eligible".
            "assignment_gini": (
                gini(assignments) if programme.type == "cross_team_project" else None
            ),
        }
