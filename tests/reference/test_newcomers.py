"""docs/metrics.md, section 8, read by hand: one rule a test."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.reference.model import Event, Reading, RosterRow, Row
from tests.reference.story import event, people, read, some

SEVEN_WEEKS = (date(2026, 2, 9), date(2026, 3, 29))
MONDAY = date(2026, 3, 2)
"""The first week whose window lies in the seven."""

LONG_AGO = date(2020, 1, 1)


def hired(name: str, on: date = MONDAY, **facts: object) -> RosterRow:
    """Somebody who is hired, and valid from that day on unless `facts` say otherwise."""
    return RosterRow(name, **{"hired_on": on, "valid_from": on, **facts})


def read_weeks(roster: list[RosterRow], events: list[Event], **parameters: object) -> Reading:
    """A reading of the seven weeks."""
    return read(roster, events, **{"coverage": SEVEN_WEEKS, **parameters})


def after(days: int) -> date:
    """A day so many days after the Monday."""
    return MONDAY + timedelta(days=days)


def by_number(reading: Reading) -> dict[int, Row]:
    """The rows by weeks since hire."""
    return {row["weeks_since_hire"]: row for row in reading.newcomer_weeks}


def newcomer(reading: Reading, person: str = "new") -> Row:
    """The one row of a newcomer."""
    [row] = [row for row in reading.newcomers if row["person_id"] == person]
    return row


# Who is a newcomer


def test_newcomers_are_those_whose_latest_hire_lies_in_the_coverage() -> None:
    roster = [
        *people("first", hired_on=SEVEN_WEEKS[0]),
        *people("early", hired_on=SEVEN_WEEKS[0] - timedelta(days=1)),
        *people("unknown"),
        hired("last", SEVEN_WEEKS[1]),
        *people("later", hired_on=SEVEN_WEEKS[1] + timedelta(days=1)),
        RosterRow("again", hired_on=LONG_AGO, valid_to=after(0)),
        hired("again", after(7)),
        # A rehire that is planned for after the coverage.
        RosterRow("planned", hired_on=MONDAY, valid_from=MONDAY, valid_to=after(9)),
        hired("planned", after(70)),
    ]
    found = {row["person_id"]: row["hired_on"] for row in read_weeks(roster, []).newcomers}
    assert found == {
        "first": SEVEN_WEEKS[0],
        "last": SEVEN_WEEKS[1],
        "again": after(7),
        "planned": MONDAY,
    }


# By weeks since hire


def test_a_newcomer_has_a_row_for_each_active_week_with_a_covered_window() -> None:
    # Active in the four windows that hold the first day, not in the fifth.
    roster = [hired("new"), hired("silent"), hired("earlier", MONDAY - timedelta(days=7))]
    events = [event("new"), event("earlier", on=MONDAY - timedelta(days=7))]
    rows = by_number(read_weeks(roster, events, coverage=(SEVEN_WEEKS[0], date(2026, 4, 5))))
    # The one hired earlier has no week 0: its window begins before the coverage.
    assert {number: row["newcomers"] for number, row in rows.items()} == {0: 1, 1: 2, 2: 2, 3: 2}


def test_the_first_26_weeks_are_counted_from_0_to_25() -> None:
    weekly = [event("new", on=after(7 * number)) for number in range(30)]
    rows = by_number(read_weeks([hired("new")], weekly, coverage=(SEVEN_WEEKS[0], after(209))))
    assert sorted(rows) == [*range(26)]


@pytest.mark.parametrize(
    ("hired_on", "short"), [(MONDAY, [0, 1, 2]), (after(1), [0, 1, 2, 3])], ids=["mon", "tue"]
)
def test_windows_that_reach_before_the_hire_are_flagged(hired_on: date, short: list[int]) -> None:
    rows = by_number(read_weeks([hired("new", hired_on)], [event("new", on=hired_on)]))
    assert sorted(rows) == [0, 1, 2, 3]
    assert [number for number, row in rows.items() if row["has_short_windows"]] == short


def ramp() -> Row:
    """Three newcomers in their first week, in two calendar weeks, and three tenured people."""
    tenured = people("t1", "t2", "t3", hired_on=LONG_AGO, job_level=2)
    roster = [
        *tenured,
        *people("idle", hired_on=LONG_AGO),
        hired("n1", job_level=1, team="A"),
        hired("n2", after(7), job_level=1, team="A"),
        hired("n3", after(7), team="B"),
    ]
    pair_twice = [("n2", "n3"), ("t1", "t2"), ("t1", "t3")]
    events = [
        event("n1"),
        event("n2", "t1", on=after(8)),
        event("n3", on=after(8)),
        *(event(*pair, on=after(7)) for pair in pair_twice for _ in range(2)),
        *(event(row.person) for row in tenured),
    ]
    return by_number(read_weeks(roster, events))[0]


def test_newcomers_of_a_week_are_averaged() -> None:
    row = ramp()
    assert row["newcomers"] == 3
    # n1 knows nobody, n2 and n3 know each other.
    for measure in ("network_size", "newcomer_contacts"):
        names = (f"mean_{measure}", f"median_{measure}", f"{measure}_people")
        assert some(row, *names) == pytest.approx((2 / 3, 1, 3))
    names = ("mean_cross_team_contacts", "median_cross_team_contacts")
    assert some(row, *names) == pytest.approx((2 / 3, 1))


def test_lifting_of_newcomers_is_of_those_with_someone_above() -> None:
    # n2 wrote to t1, n1 to nobody; n3 can be compared with nobody.
    row = ramp()
    names = ("mean_lifting_beyond_manager", "lifting_beyond_manager_people")
    assert some(row, *names) == (0.5, 2)


def test_the_tenured_of_each_calendar_week_are_pooled_once() -> None:
    # 0, 0, 0 in the week of n1 and 2, 1, 1 in that of n2 and n3; the idle one is not measured.
    row = ramp()
    assert some(row, "tenured_median_network_size", "tenured_people") == (0.5, 3)
    assert some(row, "tenured_median_newcomer_contacts", "tenured_network_size_people") == (0, 3)
    # Nobody ranks above the tenured, and none has a team.
    names = ("tenured_median_lifting_beyond_manager", "tenured_median_cross_team_contacts")
    assert some(row, *names, "tenured_cross_team_contacts_people") == (None, None, 0)


def test_tenured_are_those_of_26_weeks_and_more() -> None:
    sunday = after(6)
    roster = [
        hired("new"),
        RosterRow("almost", hired_on=sunday - timedelta(days=26 * 7 - 1)),
        RosterRow("just", hired_on=sunday - timedelta(days=26 * 7)),
    ]
    rows = by_number(read_weeks(roster, [event(row.person) for row in roster]))
    assert rows[0]["tenured_people"] == 1


def test_newcomer_contacts_are_in_their_first_26_weeks() -> None:
    roster = [
        hired("new"),
        RosterRow("recent", hired_on=after(6 - 26 * 7 + 1)),
        RosterRow("older", hired_on=after(6 - 26 * 7)),
        RosterRow("unknown"),
    ]
    others = ("recent", "older", "unknown")
    rows = by_number(read_weeks(roster, [event("new", *others), event("new", *others)]))
    assert some(rows[0], "mean_network_size", "mean_newcomer_contacts") == (3, 1)


# Each newcomer


def test_the_first_meeting_is_with_the_manager_of_its_date() -> None:
    roster = [
        *people("first", "second"),
        RosterRow("new", manager="first", hired_on=MONDAY, valid_to=after(10)),
        RosterRow("new", manager="second", hired_on=MONDAY, valid_from=after(10)),
    ]
    events = [
        event("first", "new", channel="meeting", on=after(-1)),
        event("second", "new", channel="meeting", on=after(3)),
        event("first", "new", on=after(4)),
        event("first", "new", channel="meeting", minutes=241, on=after(5)),
        event("first", "new", channel="meeting", on=after(10)),
    ]
    assert newcomer(read_weeks(roster, events))["first_manager_meeting_days"] is None
    for channel, day in [("call", 12), ("mentoring", 11), ("meeting", 9)]:
        other = "first" if day < 10 else "second"
        events.append(event(other, "new", channel=channel, on=after(day)))
        assert newcomer(read_weeks(roster, events))["first_manager_meeting_days"] == day


def test_the_first_cross_team_tie_dates_from_its_second_interaction() -> None:
    roster = [
        hired("new", team="A"),
        *people("colleague", team="A"),
        *people("near", "far", "chats", team="B"),
        *people("nowhere"),
    ]
    pairs = [("colleague", 0), ("colleague", 1), ("nowhere", 0), ("nowhere", 1)]
    pairs += [("near", 2), ("near", 10), ("far", 3), ("far", 9)]
    events = [event("new", other, on=after(day)) for other, day in pairs]
    # Two chats of one day are one interaction.
    events += [event("new", "chats", channel="chat_direct", on=after(8)) for _ in range(2)]
    # "near" and "far" are tied from the second week on, "far" by its Wednesday.
    assert newcomer(read_weeks(roster, events))["first_cross_team_tie_days"] == 9
    none = [one for one in events if not {"near", "far"} & {*one.targets}]
    assert newcomer(read_weeks(roster, none))["first_cross_team_tie_days"] is None


def test_a_tie_from_before_the_hire_is_there_on_the_first_day() -> None:
    # Valid before, as an intern may be: what was done then lies in the window of the hire's week.
    roster = [RosterRow("new", team="A", hired_on=MONDAY), *people("far", team="B")]
    events = [event("new", "far", on=after(-3)) for _ in range(2)]
    assert newcomer(read_weeks(roster, events))["first_cross_team_tie_days"] == 0


def connecting() -> Reading:
    """Department X has two tenured people who know each other, Y has one who knows nobody."""
    tenured = [
        *people("x1", "x2", hired_on=LONG_AGO, department="X"),
        *people("y1", hired_on=LONG_AGO, department="Y"),
    ]
    roster = [
        *tenured,
        hired("new", department="X"),
        hired("leaves", department="X", valid_to=after(9)),
        hired("newer", department="Y"),
        hired("nowhere", after(14)),
    ]
    pairs = [("x1", "x2", 0), ("new", "y1", 15), ("nowhere", "newer", 22)]
    events = [event(a, b, on=after(day)) for a, b, day in pairs for _ in range(2)]
    return read_weeks(roster, [*events, event("y1")], min_group_size=2)


def test_connected_is_whose_network_is_as_large_as_that_of_the_departments_tenured() -> None:
    # The tenured of X know one person each; new knows one from its third week on.
    assert some(newcomer(connecting()), "weeks_to_connected", "is_censored") == (2, False)


def test_a_small_or_unknown_department_is_measured_by_the_organisation() -> None:
    # Y's only tenured person knows nobody; of the organisation's three the median is one.
    reading = connecting()
    assert newcomer(reading, "newer")["weeks_to_connected"] == 3
    assert newcomer(reading, "nowhere")["weeks_to_connected"] == 1


def test_who_is_not_connected_by_the_end_or_on_leaving_is_censored() -> None:
    reading = connecting()
    assert some(newcomer(reading, "leaves"), "weeks_to_connected", "is_censored") == (None, True)
    # Without anybody tenured there is nothing to reach.
    alone = read_weeks([hired("new")], [event("new")])
    assert some(newcomer(alone), "weeks_to_connected", "is_censored") == (None, True)
