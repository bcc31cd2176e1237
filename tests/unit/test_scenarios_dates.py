"""On which date and in which week something happened, for organisations in any zone (METRICS 1).

The clocks' changes are those of 2026 and 2027 as the zones' governments have announced them. The
expected dates are worked by hand.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from tests.harness.company import InteractionRecord
from tests.harness.story import FIRST_MONDAY, WEEK, Marts, happened, people, told
from tests.harness.warehouse import shared_warehouse

DAY = timedelta(days=1)


def moments(*times: str, channel: str = "email", minutes: float | None = None) -> list:
    """Events between two people at these moments, in UTC."""
    return [
        [
            InteractionRecord(
                f"event {number}", channel, "a", "b", datetime.fromisoformat(at), minutes=minutes
            )
        ]
        for number, at in enumerate(times)
    ]


def at_work(zone: str, *events: list[InteractionRecord], around: date) -> Marts:
    """An organisation in a zone, covered for some weeks around a date."""
    coverage = (around - 35 * DAY, around + 21 * DAY)
    return told(people("a", "b"), *events, timezone=zone, coverage=coverage)


def dates_of_events() -> list[str]:
    """The dates of the events of the story that was told last, in their order in time."""
    rows = sorted(shared_warehouse().rows("int_events"), key=lambda row: row["occurred_at"])
    return [row["date"].isoformat() for row in rows]


@pytest.mark.parametrize(
    ("zone", "at", "week"),
    [
        ("UTC", time(22, 30), WEEK),
        # The clocks go forward on the Sunday of that week: midnight is at 22:00.
        ("Europe/Warsaw", time(21, 59, 59), WEEK),
        ("Europe/Warsaw", time(22), WEEK + 7 * DAY),
        ("Pacific/Kiritimati", time(10), WEEK + 7 * DAY),
    ],
)
def test_a_week_ends_at_midnight_of_the_organisations_zone(zone: str, at: time, week: date) -> None:
    shift = 21 * DAY  # to the week of 23 March 2026
    late = happened("a", "b", on=WEEK + shift + 6 * DAY, at=at)
    coverage = (FIRST_MONDAY + shift, WEEK + shift + 13 * DAY)
    marts = told(people("a", "b"), late, timezone=zone, coverage=coverage)
    weeks = (WEEK + shift, WEEK + shift + 7 * DAY)
    met = [one for one in weeks if marts.person("a", "interactions", week=one) == (1,)]
    assert met == [week + shift]


@pytest.mark.parametrize(
    ("zone", "times", "dates"),
    [
        pytest.param(
            "Europe/Warsaw",
            # Midnight of Saturday at +1, a moment before and after the skipped hour, and
            # midnight of Sunday at +2: the day has 23 hours.
            ("2026-03-28T22:59:59Z", "2026-03-28T23:00Z", "2026-03-29T00:59:59Z",
             "2026-03-29T01:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00Z"),
            ("2026-03-28", *["2026-03-29"] * 4, "2026-03-30"),
            id="Warsaw goes forward",
        ),
        pytest.param(
            "Europe/Warsaw",
            # Half past two twice, and midnight of Sunday at +1: the day has 25 hours.
            ("2026-10-24T21:59:59Z", "2026-10-24T22:00Z", "2026-10-25T00:30Z",
             "2026-10-25T01:30Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00Z"),
            ("2026-10-24", *["2026-10-25"] * 4, "2026-10-26"),
            id="Warsaw goes back",
        ),
        pytest.param(
            "America/Havana",
            # There is no midnight: after 23:59:59 comes one o'clock.
            ("2026-03-08T04:59:59Z", "2026-03-08T05:00Z", "2026-03-09T03:59:59Z",
             "2026-03-09T04:00Z"),
            ("2026-03-07", "2026-03-08", "2026-03-08", "2026-03-09"),
            id="Havana goes forward at midnight",
        ),
        pytest.param(
            "America/Havana",
            # Half past midnight twice, both of Sunday.
            ("2026-11-01T03:59:59Z", "2026-11-01T04:30Z", "2026-11-01T05:30Z",
             "2026-11-02T04:59:59Z", "2026-11-02T05:00Z"),
            ("2026-10-31", *["2026-11-01"] * 3, "2026-11-02"),
            id="Havana goes back at one",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            # Half an hour only: from +11 to +10:30 on 5 April.
            ("2026-04-04T12:59:59Z", "2026-04-04T13:00Z", "2026-04-05T13:29:59Z",
             "2026-04-05T13:30Z"),
            ("2026-04-04", "2026-04-05", "2026-04-05", "2026-04-06"),
            id="Lord Howe goes back by half an hour",
        ),
        pytest.param(
            "Pacific/Kiritimati",
            ("2026-03-01T09:59:59Z", "2026-03-01T10:00Z", "2026-03-02T09:59:59Z"),
            ("2026-03-01", "2026-03-02", "2026-03-02"),
            id="fourteen hours ahead",
        ),
        pytest.param(
            "Etc/GMT+12",
            ("2026-03-02T11:59:59Z", "2026-03-02T12:00Z", "2026-03-03T11:59:59Z"),
            ("2026-03-01", "2026-03-02", "2026-03-02"),
            id="twelve hours behind",
        ),
    ],
)  # fmt: skip
def test_a_date_is_that_of_the_organisations_zone(
    zone: str, times: tuple[str, ...], dates: tuple[str, ...]
) -> None:
    at_work(zone, *moments(*times), around=WEEK)
    assert dates_of_events() == list(dates)


@pytest.mark.parametrize(
    ("on", "times", "met"),
    [
        # Both half past two of the night in which the clocks go back are of one day.
        (date(2026, 10, 19), ("2026-10-25T00:30Z", "2026-10-25T01:30Z"), 1),
        # On either side of midnight of the night in which they go forward.
        (date(2026, 3, 23), ("2026-03-28T22:30Z", "2026-03-28T23:30Z"), 2),
        # Twenty-three hours apart, and yet both on the Sunday that has twenty-five.
        (date(2026, 10, 19), ("2026-10-24T22:30Z", "2026-10-25T22:30Z"), 1),
    ],
)
def test_a_channel_that_counts_by_the_day_counts_the_organisations_days(
    on: date, times: tuple[str, ...], met: int
) -> None:
    marts = at_work("Europe/Warsaw", *moments(*times, channel="chat_direct"), around=on)
    assert marts.person("a", "interactions", week=on) == (met,)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Warsaw", "Pacific/Auckland"])
def test_a_year_of_53_weeks_loses_none(zone: str) -> None:
    # 2026 has 53 weeks; the last begins on 28 December, and the next is week 1 of 2027.
    last = date(2026, 12, 28)
    noons = [f"{last + number * 7 * DAY}T00:00Z" for number in range(-3, 2)]
    marts = told(
        people("a", "b", hired_on=date(2026, 7, 6)),
        *moments(*noons),
        timezone=zone,
        coverage=(last - 21 * DAY, last + 13 * DAY),
    )
    assert marts.weeks() == [last + number * 7 * DAY for number in range(-3, 2)]
    # A window of four weeks across the turn of the year holds four events.
    assert marts.tied(week=last) == {("a", "b"): 4}
    assert marts.tied(week=last + 7 * DAY) == {("a", "b"): 4}
    # 25 whole weeks up to 3 January, and with the week after it 26.
    assert marts.person("a", "tenure_weeks", "tenure_band", week=last) == (25, "under_26_weeks")
    assert marts.person("a", "tenure_weeks", "tenure_band", week=last + 7 * DAY) == (
        26,
        "26_to_103_weeks",
    )


def test_a_meeting_over_midnight_is_one_of_the_day_on_which_it_began() -> None:
    # From 23:30 on Sunday to one o'clock on Monday, in Warsaw.
    meeting = moments("2026-03-08T22:30Z", channel="meeting", minutes=90)
    marts = at_work("Europe/Warsaw", *meeting, around=WEEK)
    assert dates_of_events() == ["2026-03-08"]
    assert marts.person("a", "interactions", week=WEEK) == (1,)
    assert marts.person("a", "interactions", week=WEEK + 7 * DAY) == (0,)
    [pair_day] = shared_warehouse().rows("int_pair_days")
    assert (pair_day["date"], float(pair_day["shared_minutes"])) == (WEEK + 6 * DAY, 90)


def test_an_organisation_has_its_own_week_where_that_of_utc_is_another() -> None:
    # Half past noon on Sunday in UTC is Monday, half past one in the night, in Auckland.
    times = ("2026-02-08T12:30Z", "2026-03-01T12:30Z", "2026-03-08T10:59:59Z", "2026-03-08T11:00Z")
    marts = told(people("a", "b"), *moments(*times), timezone="Pacific/Auckland", coverage=None)
    # From Monday 9 February to Sunday 8 March; the last event is of the Monday after it.
    assert marts.weeks() == [FIRST_MONDAY + number * 7 * DAY for number in range(4)]
    found = [marts.person("a", "interactions", week=week) for week in marts.weeks()]
    assert found == [(1,), (0,), (0,), (2,)]
    assert marts.tied() == {("a", "b"): 3}


def test_a_hire_and_a_move_hold_on_days_of_the_organisations_zone() -> None:
    # In Kiritimati 1 March begins at ten in the morning of 28 February, UTC.
    first_day = date(2026, 3, 1)
    events = moments("2026-02-28T09:59:59Z", "2026-02-28T10:00Z")
    marts = told(
        [*people("a"), *people("b", hired_on=first_day)],
        *events,
        timezone="Pacific/Kiritimati",
        coverage=(FIRST_MONDAY, WEEK + 6 * DAY),
    )
    week = date(2026, 2, 23)
    assert marts.person("b", "interactions", week=week) == (1,)
    assert marts.person("a", "interactions", week=week) == (1,)
