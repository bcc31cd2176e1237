"""docs/metrics.md, section 9, reach and engagement, read by hand: one rule a test."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.reference.model import (
    Enrolment,
    Event,
    Programme,
    ProgrammeRecords,
    ReadingError,
    RosterRow,
    Row,
    Session,
)
from tests.reference.story import event, people, read, some

MARCH = date(2026, 3, 1)
SPRING = (date(2026, 2, 2), date(2026, 4, 26))

HALF_YEAR = (date(2026, 1, 5), date(2026, 6, 28))
STARTS_ON = date(2026, 3, 30)
"""84 days after the first day of the half year; 90 days from there end a day before its last."""

# Reach


def reach(
    roster: list[RosterRow],
    active: list[tuple[str, date]],
    enrolments: list[Enrolment],
    **programme: object,
) -> dict[tuple[date, str, str], Row]:
    """The rows of a programme by month and segment, with windows of one week.

    `active` says who wrote a mail when: people are measured in those weeks only.
    """
    facts = {"programme_id": "p", "type": "training", **programme}
    records = ProgrammeRecords([Programme(**facts)], enrolments)
    events = [event(person, on=on) for person, on in active]
    reading = read(roster, events, programmes=records, coverage=SPRING, tie_window_weeks=1)
    return {
        (row["month_start"], row["segment_type"], row["segment_value"]): row
        for row in reading.programme_reach
    }


def test_eligible_are_the_measured_in_the_segment_of_their_last_row_of_the_month() -> None:
    moved, left = date(2026, 3, 20), date(2026, 3, 12)
    roster = [
        RosterRow("moves", team="X", valid_to=moved),
        RosterRow("moves", team="Y", valid_from=moved),
        RosterRow("leaves", team="X", valid_to=left),
        *people("silent", team="X"),
        *people("unknown"),
    ]
    active = [("moves", date(2026, 3, 3)), ("leaves", date(2026, 3, 3))]
    rows = reach(roster, [*active, ("unknown", date(2026, 3, 3))], [])
    found = {key: row["eligible"] for key, row in rows.items()}
    assert found == {
        (MARCH, "organisation", "all"): 3,
        (MARCH, "team", "X"): 1,
        (MARCH, "team", "Y"): 1,
    }


def test_a_week_belongs_to_the_month_of_its_sunday() -> None:
    rows = reach(people("a"), [("a", date(2026, 3, 30)), ("a", date(2026, 2, 23))], [])
    assert [month for month, *_ in rows] == [MARCH, date(2026, 4, 1)]


@pytest.mark.parametrize(
    ("first", "last", "participants"),
    [
        (date(2020, 1, 1), None, 1),
        (date(2026, 3, 31), None, 1),
        (date(2026, 4, 1), None, 0),
        (date(2020, 1, 1), MARCH, 1),
        (date(2020, 1, 1), date(2026, 2, 28), 0),
    ],
)
def test_participants_are_enrolled_in_a_span_that_touches_the_month(
    first: date, last: date | None, participants: int
) -> None:
    roster = people("a", "b", "not_eligible", department="D")
    active = [(name, MARCH + timedelta(days=7)) for name in "ab"]
    names = ("a", "a", "not_eligible")
    rows = reach(roster, active, [Enrolment("p", name, first, last) for name in names])
    for segment in [("organisation", "all"), ("department", "D")]:
        row = rows[MARCH, *segment]
        assert some(row, "eligible", "participants", "share") == (
            2,
            participants,
            participants / 2,
        )


def test_the_gini_of_assignments_is_that_of_projects_across_teams() -> None:
    active = [(name, MARCH + timedelta(days=7)) for name in "abc"]
    enrolments = [Enrolment("p", name, MARCH) for name in "aab"]
    rows = reach(people(*"abc"), active, enrolments, type="cross_team_project")
    # Of 0, 1, 2 in rising order: 2 (2 + 6) / (3 * 3) - 4/3.
    assert rows[MARCH, "organisation", "all"]["assignment_gini"] == pytest.approx(4 / 9)
    rows = reach(people(*"abc"), active, [], type="cross_team_project")
    assert rows[MARCH, "organisation", "all"]["assignment_gini"] is None
    rows = reach(people(*"abc"), active, enrolments)
    assert rows[MARCH, "organisation", "all"]["assignment_gini"] is None


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (None, None, [2, 3, 4]),
        (MARCH, None, [3, 4]),
        (date(2026, 2, 28), date(2026, 3, 31), [2, 3]),
        (date(2026, 4, 30), None, [4]),
    ],
)
def test_a_programme_has_reach_in_the_months_that_it_touches(
    first: date | None, last: date | None, months: list[int]
) -> None:
    active = [("a", date(2026, month, 15)) for month in (2, 3, 4)]
    rows = reach(people("a"), active, [], starts_on=first, ends_on=last)
    assert [month.month for month, *_ in rows] == months


def test_an_enrolment_in_no_known_programme_is_an_error() -> None:
    records = ProgrammeRecords(enrolments=[Enrolment("p", "a", MARCH)])
    with pytest.raises(ReadingError, match="programme p"):
        read(people("a"), [], programmes=records)


# Engagement


def after(days: int) -> date:
    """A day so many days after the start."""
    return STARTS_ON + timedelta(days=days)


def enrolled(person: str = "a", partner: str | None = "b", **facts: object) -> Enrolment:
    """An enrolment, with a partner where one is named."""
    more = {"programme_id": "p", "starts_on": STARTS_ON, **facts}
    return Enrolment(person=person, partners=() if partner is None else (partner,), **more)


def session(on: date, *participants: str, **facts: object) -> Session:
    """A session of the programme that was held at noon."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    more = {"session_id": f"{on}", "programme_id": "p", "started_at": noon, **facts}
    return Session(participants=participants or ("a", "b"), **more)


def engagement(
    enrolments: list[Enrolment],
    events: list[Event] | None = None,
    sessions: list[Session] | None = None,
    programme_type: str = "mentoring",
) -> list[Row]:
    """The rows of the pairs of a programme, and of another."""
    programmes = [Programme("p", programme_type), Programme("other", "buddy")]
    records = ProgrammeRecords(programmes, enrolments, sessions or [])
    reading = read(people(*"abc"), events or [], programmes=records, coverage=HALF_YEAR)
    return reading.programme_engagement


@pytest.mark.parametrize(
    ("programme_type", "count"),
    [("mentoring", 1), ("buddy", 1), ("job_shadowing", 1), ("pairing", 1), ("training", 0)],
)
def test_pairs_are_of_programmes_of_pairs(programme_type: str, count: int) -> None:
    assert len(engagement([enrolled()], programme_type=programme_type)) == count


def test_a_pair_is_two_persons_and_stands_once() -> None:
    nobody = [enrolled(partner=name) for name in (None, "a", "stranger")]
    both = [enrolled(planned_sessions=2), enrolled("b", "a", planned_sessions=3)]
    again = enrolled(starts_on=after(30), ends_on=after(60))
    rows = engagement([*nobody, *both, again])
    names = ("person_a", "person_b", "starts_on", "ends_on", "planned_sessions")
    assert [some(row, *names) for row in rows] == [
        ("a", "b", STARTS_ON, None, 3),
        ("a", "b", after(30), after(60), None),
    ]
    one_is_open = [enrolled(ends_on=after(5)), enrolled("b", "a")]
    assert [row["ends_on"] for row in engagement(one_is_open)] == [after(5)]
    one_is_later = [enrolled(ends_on=after(5)), enrolled("b", "a", ends_on=after(8))]
    assert [row["ends_on"] for row in engagement(one_is_later)] == [after(5)]


def sessions_of_all_kinds() -> list[Session]:
    """Two sessions of the pair, on days 7 and 35, and what is none."""
    return [
        session(after(7)),
        session(after(35), "a", "b", "c"),
        session(after(35), "a", "b", "c"),
        session(after(-1)),
        session(after(1), is_held=False),
        session(after(2), "a"),
        session(after(3), "b", "c"),
        session(after(4), programme_id="other"),
    ]


def test_held_sessions_are_those_of_the_pair_in_the_programme() -> None:
    [row] = engagement([enrolled(planned_sessions=4)], sessions=sessions_of_all_kinds())
    names = ("days_to_first_meeting", "sessions_held", "planned_sessions", "held_share")
    assert some(row, *names) == (7, 2, 4, 1 / 2)
    [row] = engagement([enrolled(planned_sessions=0)], sessions=sessions_of_all_kinds())
    assert row["held_share"] is None


@pytest.mark.parametrize(
    ("ends_on", "gap"),
    # From day 35 to the last day of the coverage, day 90; from day 7 to day 35; and so on.
    [(None, 55), (after(200), 55), (after(50), 28), (after(30), 23), (after(7), 7), (after(5), 5)],
)
def test_the_longest_gap_counts_start_and_end(ends_on: date | None, gap: int) -> None:
    [row] = engagement([enrolled(ends_on=ends_on)], sessions=sessions_of_all_kinds())
    assert row["longest_gap_days"] == gap


def test_a_pair_without_sessions_has_met_when_it_had_a_meaningful_meeting() -> None:
    crowd = [f"x{number}" for number in range(17)]
    events = [
        event("a", "b", on=after(1)),
        event("a", "b", channel="meeting", on=after(-1)),
        event("a", "b", *crowd, channel="meeting", on=after(2)),
        event("a", "c", channel="meeting", on=after(3)),
    ]
    assert [row["days_to_first_meeting"] for row in engagement([enrolled()], events)] == [None]
    for channel, day in [("meeting", 60), ("call", 50), ("mentoring", 40)]:
        events.append(event("a", "b", channel=channel, on=after(day)))
        [row] = engagement([enrolled()], events)
        assert some(row, "days_to_first_meeting", "sessions_held") == (day, 0)
    # Days 0, 40, 50, 60, 90.
    assert row["longest_gap_days"] == 40
    [row] = engagement([enrolled()], events, [session(after(70))])
    assert some(row, "days_to_first_meeting", "longest_gap_days") == (70, 70)


def test_interactions_of_the_first_days_begin_with_the_start() -> None:
    days = (-1, 0, 29, 30, 59, 60, 89, 90)
    [row] = engagement([enrolled()], [event("a", "b", on=after(day)) for day in days])
    names = ("interactions_30_days", "interactions_60_days", "interactions_90_days")
    assert some(row, *names) == (2, 4, 6)
    later = enrolled(starts_on=after(2))
    [row] = engagement([later], [event("a", "b", on=after(2))])
    assert some(row, *names) == (1, 1, None)


@pytest.mark.parametrize(
    ("days", "is_new"), [([], True), ([-1], False), ([-84], False), ([0], True)]
)
def test_a_new_pair_had_no_interaction_in_the_84_days_before(days: list[int], is_new: bool) -> None:
    [row] = engagement([enrolled()], [event("a", "b", on=after(day)) for day in days])
    assert row["is_new_pair"] is is_new
    [row] = engagement([enrolled(starts_on=after(-1))])
    assert row["is_new_pair"] is None


def test_what_came_before_the_coverage_is_not_known() -> None:
    first = HALF_YEAR[0]
    long_ago = enrolled(starts_on=first - timedelta(days=50), ends_on=first + timedelta(days=20))
    [row] = engagement([long_ago], sessions=[session(first + timedelta(days=5))])
    names = ("days_to_first_meeting", "interactions_30_days", "is_new_pair")
    assert some(row, *names) == (None, None, None)
    assert some(row, "sessions_held", "longest_gap_days") == (1, 15)
    gone = enrolled(starts_on=first - timedelta(days=50), ends_on=first - timedelta(days=1))
    to_come = enrolled(starts_on=HALF_YEAR[1] + timedelta(days=1))
    assert not engagement([gone, to_come])
