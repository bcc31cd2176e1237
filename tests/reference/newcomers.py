"""docs/metrics.md, section 8: how newcomers find their network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import fsum
from statistics import median

from .events import PairEvent
from .history import History
from .interactions import count_interactions
from .model import MEETING_CHANNELS, ChannelRule, Row
from .person_weeks import tenure_weeks

NEWCOMER_WEEKS = 26
"""Newcomers are in their first 26 weeks, 0 to 25; the tenured have "26 weeks and more"."""

MEASURES = (
    "network_size",
    "cross_team_contacts",
    "lifting_beyond_manager",
    "newcomer_contacts",
)


def newcomer_hires(history: History) -> dict[str, date]:
    """The day on which each newcomer was hired.

    "Persons whose (latest) `hired_on` lies in the coverage", of the rows that hold on some day of
    the coverage: a rehire that is planned for later makes nobody's hire disappear.
    """
    hires: dict[str, date] = {}
    first, last = history.coverage
    for day in history.company.roster.days(first, last):
        for person, row in day.rows.items():
            if row.hired_on is not None:
                hires[person] = max(row.hired_on, hires.get(person, row.hired_on))
    return {person: hired_on for person, hired_on in hires.items() if first <= hired_on <= last}


# By weeks since hire


def newcomer_week_rows(history: History) -> list[Row]:
    """One row for each number of weeks since hire.

    "over their rows that are active with the window in the coverage (its validity waived […])".
    """
    hires = newcomer_hires(history)
    by_number: dict[int, list[Row]] = defaultdict(list)
    for start, week in history.weeks.items():
        if not history.has_covered_window(start):
            continue
        for person, hired_on in hires.items():
            number = tenure_weeks(hired_on, week.sunday)
            row = history.rows[start].get(person)
            if number is not None and number < NEWCOMER_WEEKS and row and row["is_active"]:
                by_number[number].append(row)
    return [
        newcomer_week(number, rows, hires, history) for number, rows in sorted(by_number.items())
    ]


def newcomer_week(
    number: int, rows: Sequence[Row], hires: Mapping[str, date], history: History
) -> Row:
    """The row of one number of weeks since hire; a newcomer has one week of that number."""
    tenured = tenured_rows(
        row
        # "in the same calendar weeks, each pooled once".
        for start in {row["week_start"] for row in rows}
        for row in history.rows[start].values()
    )
    result: Row = {
        "weeks_since_hire": number,
        "newcomers": len(rows),
        # "windows that reach before the hire are shorter, and flagged".
        "has_short_windows": any(
            history.weeks[row["week_start"]].window_start < hires[row["person_id"]] for row in rows
        ),
        "tenured_people": len({row["person_id"] for row in tenured}),
    }
    for measure in MEASURES:
        values = [value for _, value in known_values(measure, rows, history)]
        result[f"mean_{measure}"] = fsum(values) / len(values) if values else None
        result[f"median_{measure}"] = median(values) if values else None
        result[f"{measure}_people"] = len(values)
        beside = known_values(measure, tenured, history)
        result[f"tenured_median_{measure}"] = median([v for _, v in beside]) if beside else None
        result[f"tenured_{measure}_people"] = len({person for person, _ in beside})
    return result


def tenured_rows(rows: Iterable[Row]) -> list[Row]:
    """The measured ones of "tenured people (26 weeks and more)"."""
    return [
        row
        for row in rows
        if row["is_measured"]
        and row["tenure_weeks"] is not None
        and row["tenure_weeks"] >= NEWCOMER_WEEKS
    ]


def known_values(
    measure: str, rows: Iterable[Row], history: History
) -> list[tuple[str, int | float]]:
    """Person and value of the rows that have one.

    Section 3.3: "Averages of lifting use […] people with `has_someone_above = true`".
    """
    values = []
    for row in rows:
        if measure == "newcomer_contacts":
            value = newcomer_contacts(row, history)
        elif measure == "lifting_beyond_manager" and row["has_someone_above"] is not True:
            value = None
        else:
            value = row[measure]
        if value is not None:
            values.append((row["person_id"], value))
    return values


def newcomer_contacts(row: Row, history: History) -> int:
    """Ties "to others in their first 26 weeks", by the tenure of the others' own rows."""
    start = row["week_start"]
    return sum(
        history.rows[start][other]["tenure_band"] == "under_26_weeks"
        for other in history.weeks[start].contacts[row["person_id"]]
    )


# Each newcomer


def newcomer_rows(history: History) -> list[Row]:
    """One row for each newcomer."""
    rows = []
    for person, hired_on in sorted(newcomer_hires(history).items()):
        connected = weeks_to_connected(person, hired_on, history)
        rows.append(
            {
                "person_id": person,
                "hired_on": hired_on,
                "first_manager_meeting_days": first_manager_meeting_days(person, hired_on, history),
                "first_cross_team_tie_days": first_cross_team_tie_days(person, hired_on, history),
                "weeks_to_connected": connected,
                "is_censored": connected is None,
            }
        )
    return rows


def first_manager_meeting_days(person: str, hired_on: date, history: History) -> int | None:
    """Days to the first meeting with the manager.

    "first meaningful meeting, call or mentoring session, on or after `hired_on`, with the manager
    of that date".
    """
    roster = history.company.roster
    days = [
        one.on
        for week in history.weeks.values()
        for other, events_of_pair in week.met_by(person).items()
        for one in events_of_pair
        if one.channel in MEETING_CHANNELS
        and one.on >= hired_on
        and roster.day(one.on).managers.get(person) == other
    ]
    return (min(days) - hired_on).days if days else None


def first_cross_team_tie_days(person: str, hired_on: date, history: History) -> int | None:
    """Days to the first tie with another team.

    "in the first week with a cross-team tie, the earliest date by which such a pair had its
    `tie_min_interactions`-th interaction of that window". Weeks before the hire do not count; who
    was tied before (valid, though not hired yet) has it on the first day.
    """
    for week in history.weeks.values():
        if week.sunday < hired_on or person not in week.present:
            continue
        own = week.present[person].unit("team")
        crossing = [
            other
            for other in week.contacts[person]
            if own is not None and week.present[other].unit("team") not in (None, own)
        ]
        if crossing:
            first = min(
                date_of_interaction(
                    week.parameters.tie_min_interactions,
                    history.pair_events(person, other, week.window_start, week.sunday),
                    week.parameters.profile,
                )
                for other in crossing
            )
            return max((first - hired_on).days, 0)
    return None


def date_of_interaction(
    number: int, events_of_pair: Sequence[PairEvent], profile: Mapping[str, ChannelRule]
) -> date:
    """The date by which a pair that has so many interactions had them."""
    return min(
        day
        for day in {one.on for one in events_of_pair}
        if count_interactions((one for one in events_of_pair if one.on <= day), profile) >= number
    )


def weeks_to_connected(person: str, hired_on: date, history: History) -> int | None:
    """Weeks since hire until the network is as large as that of the tenured.

    "first week whose `network_size` reaches the tenured median of the department that week". No
    such week "at the end of the data or on leaving" is NULL.
    """
    for start, week in history.weeks.items():
        number = tenure_weeks(hired_on, week.sunday)
        row = history.rows[start].get(person)
        if number is None or row is None:
            continue
        aim = tenured_median(row["department"], start, history)
        if aim is not None and row["network_size"] >= aim:
            return number
    return None


def tenured_median(department: str | None, start: date, history: History) -> float | None:
    """The median network size of the tenured of a department in a week.

    "of measured tenured people; of the organisation where the department is unknown or has fewer
    than `min_group_size` of them". None where the organisation has nobody measured and tenured.
    """
    everybody = tenured_rows(history.rows[start].values())
    own = [row for row in everybody if department is not None and row["department"] == department]
    basis = own if len(own) >= history.parameters.min_group_size else everybody
    return median([row["network_size"] for row in basis]) if basis else None
