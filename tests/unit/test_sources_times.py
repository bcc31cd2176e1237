"""Times as exports write them: what is read, in which zone, and what nobody may guess."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.harness.landed import NOW, a_company, mail_of, some_mail, staged


def times(
    texts: Sequence[str], zone: str = "UTC", own_zone: str = "UTC", now: datetime = NOW, **said: Any
) -> list[datetime | str]:
    """What becomes of each text: the time in UTC, or the reason why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        quoted = [f'a,b,"{text}"' for text in texts]
        Path(folder, "mail.csv").write_text(mail_of(*quoted), encoding="utf-8")
        source = some_mail(timezone=zone, **said)
        company = a_company(Path(folder), source, organisation={"timezone": own_zone})
        found = staged(company, now)
    return [
        found.rows[line]["occurred_at"] if line in found.rows else found.rejected[line]
        for line in range(2, len(texts) + 2)
    ]


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 (times in raw are UTC and have no zone)


def test_iso_8601_is_read_and_a_time_without_a_zone_is_in_the_source_s() -> None:
    expected = {
        "2026-03-02 10:20:30": utc(2026, 3, 2, 9, 20, 30),
        "2026-03-02T10:20:30": utc(2026, 3, 2, 9, 20, 30),
        "2026-03-02 10:20": utc(2026, 3, 2, 9, 20),
        "2026-03-02": utc(2026, 3, 1, 23),
        " 2026-03-02 10:20 ": utc(2026, 3, 2, 9, 20),
        "2026-03-02 10:20:30.5": utc(2026, 3, 2, 9, 20, 30, 500_000),
        "2026-03-02 10:20:30,123456789": utc(2026, 3, 2, 9, 20, 30, 123_456),
        "2026-03-02T10:20:30Z": utc(2026, 3, 2, 10, 20, 30),
        "2026-03-02T10:20:30.250Z": utc(2026, 3, 2, 10, 20, 30, 250_000),
        "2026-03-02 10:20z": utc(2026, 3, 2, 10, 20),
        "2026-03-02T10:20:30+02:00": utc(2026, 3, 2, 8, 20, 30),
        "2026-03-02T10:20:30+0200": utc(2026, 3, 2, 8, 20, 30),
        "2026-03-02 10:20:30 +02": utc(2026, 3, 2, 8, 20, 30),
        "2026-03-02 10:20:30-02:30": utc(2026, 3, 2, 12, 50, 30),
        "2026-03-02 10:20:30-00:30": utc(2026, 3, 2, 10, 50, 30),
        "2026-03-02 24:00": utc(2026, 3, 2, 23),
    }
    assert dict(zip(expected, times(list(expected), "Europe/Warsaw"), strict=True)) == expected


def test_what_is_no_iso_time_is_never_guessed() -> None:
    texts = [
        "",
        " ",
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "2026-02-30",
        "2026-13-01",
        "2026-03-02 25:00",
        "2026-03-02 10:61",
        "2026-03-02 10:20:60",
        "2026-3-2",
        "02/03/2026",
        "03.02.2026 10:20",
        "20260302",
        "2026-03-02 10",
        "2026-03-02Z",
        "2026-03-02 10:20+25:00",
        "2026-03-02 10:20 Europe/Warsaw",
        "2026-03-02 10:20:30+02:00:00",
        "1772446830",
        "10:20",
        "2026-03-02 10:20:30 (BC)",
        "\uff12026-03-02",
    ]
    read = {
        text: time for text, time in zip(texts, times(texts), strict=True) if time != "bad_time"
    }
    assert read == {}


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("%d/%m/%Y %H:%M", "01/02/2026 10:00", utc(2026, 2, 1, 9)),
        ("%m/%d/%Y %I:%M %p", "1/2/2026 1:05 PM", utc(2026, 1, 2, 12, 5)),
        ("%d/%m/%Y", "31/02/2026", "bad_time"),
        ("%d/%m/%Y", "2026-02-01", "bad_time"),
        ("%d/%m/%Y", "01/02/2026 10:00", "bad_time"),
        ("%d %b %Y %H:%M:%S %z", "01 Feb 2026 10:00:00 +0200", utc(2026, 2, 1, 8)),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-02-01T10:00:00+0530", utc(2026, 2, 1, 4, 30)),
        ("epoch_s", "1770000000", utc(2026, 2, 2, 2, 40)),
        ("epoch_s", " 1770000000.25 ", utc(2026, 2, 2, 2, 40, 0, 250_000)),
        ("epoch_s", "1.77e9", "bad_time"),
        ("epoch_s", "1770000000000", "bad_time"),
        ("epoch_ms", "1770000000123", utc(2026, 2, 2, 2, 40, 0, 123_000)),
        ("epoch_ms", "1770000000123.5", "bad_time"),
        ("epoch_ms", "2026-02-01", "bad_time"),
    ],
)
def test_another_way_of_writing_times_is_declared(
    pattern: str, text: str, expected: datetime | str
) -> None:
    assert times([text], "Europe/Warsaw", time_format=pattern) == [expected]


def test_a_zone_in_the_pattern_is_not_moved_to_the_source_s() -> None:
    found = times(["2026-07-01 00:30 +0000"], "Asia/Tokyo", time_format="%Y-%m-%d %H:%M %z")
    assert found == [utc(2026, 7, 1, 0, 30)]


def test_times_lie_between_1990_and_the_day_of_the_run_in_the_organisation_s_zone() -> None:
    expected = {
        "1989-12-31 23:59:59": "before_1990",
        "1990-01-01 00:00:00": utc(1989, 12, 31, 23),
        "0001-01-01": "before_1990",
        "0000-01-01": "before_1990",
        "2026-07-01 23:59:59": utc(2026, 7, 1, 21, 59, 59),
        "2026-07-02 00:00:00": "in_the_future",
        "9999-12-31": "in_the_future",
    }
    found = times(list(expected), "Europe/Warsaw", "Europe/Warsaw")
    assert dict(zip(expected, found, strict=True)) == expected


def test_the_day_of_the_run_is_the_organisation_s_and_not_the_source_s() -> None:
    now = utc(2026, 6, 30, 23)  # in Auckland it is 1 July, 11:00
    assert times(["2026-07-01 02:00"], "UTC", "Pacific/Auckland", now) == [utc(2026, 7, 1, 2)]
    assert times(["2026-07-01 12:00"], "UTC", "Pacific/Auckland", now) == ["in_the_future"]


# Zones whose clocks change by an hour, by half an hour, by a day, at midnight, at odd minutes, in
# Ramadan, and where the offset of standard time itself changed.
ZONES = (
    "Europe/Warsaw",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Caracas",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Asia/Pyongyang",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Antarctica/Troll",
    "Europe/Moscow",
    "UTC",
)
YEARS = range(1991, 2025)


def judged(local: datetime, zone: ZoneInfo) -> datetime | str:
    """What Python's own zone database says of a local time."""
    found = set()
    for fold in (0, 1):
        instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local:
            found.add(instant.replace(tzinfo=None))
    if not found:
        return "nonexistent_local_time"
    return found.pop() if len(found) == 1 else "ambiguous_local_time"


def changes(zone: ZoneInfo) -> list[datetime]:
    """The local times, on both clocks, at which the zone's clocks change, to the hour."""
    looks = range(0, 24 * 365 * len(YEARS), 12)
    first = datetime(YEARS[0], 1, 1, tzinfo=UTC)
    found = []
    for look in looks:
        before, after = (offset(zone, first + timedelta(hours=look + one)) for one in (-12, 0))
        if before != after:
            hour = next(
                one
                for one in (first + timedelta(hours=look + number) for number in range(-11, 1))
                if offset(zone, one) == after
            )
            found += [hour.replace(tzinfo=None) + one for one in (before, after)]
    return found


def offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    """How far the zone's clocks are from UTC."""
    return instant.astimezone(zone).utcoffset() or timedelta()


@pytest.fixture(scope="module")
def changes_of() -> dict[str, list[datetime]]:
    return {name: changes(ZoneInfo(name)) for name in ZONES}


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_local_times_are_judged_as_python_judges_them(
    changes_of: dict[str, list[datetime]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(ZONES))
    anywhere = st.datetimes(utc(YEARS[0], 1, 1), utc(YEARS[-1], 12, 31))
    near = st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(changes_of[name] or [utc(2020, 1, 1)]),
        st.integers(-1600, 1600) | st.integers(-70, 70),
    )
    locals_ = data.draw(st.lists(near | anywhere, min_size=1, max_size=60))
    texts = [local.isoformat(" ") for local in locals_]
    assert times(texts, name) == [judged(local, ZoneInfo(name)) for local in locals_]


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Europe/Warsaw", "2026-03-29 02:30", "nonexistent_local_time"),
        ("Europe/Warsaw", "2026-03-29 01:59:59", utc(2026, 3, 29, 0, 59, 59)),
        ("Europe/Warsaw", "2026-03-29 03:00", utc(2026, 3, 29, 1)),
        ("Europe/Warsaw", "2025-10-26 02:00", "ambiguous_local_time"),
        ("Europe/Warsaw", "2025-10-26 03:00", utc(2025, 10, 26, 2)),
        ("Australia/Lord_Howe", "2025-04-06 01:29:59", utc(2025, 4, 5, 14, 29, 59)),
        ("Australia/Lord_Howe", "2025-04-06 01:30", "ambiguous_local_time"),
        ("Australia/Lord_Howe", "2025-10-05 02:15", "nonexistent_local_time"),
        ("Pacific/Apia", "2011-12-30 12:00", "nonexistent_local_time"),
        ("America/Sao_Paulo", "2018-11-04 00:00", "nonexistent_local_time"),
    ],
)
def test_what_the_clocks_never_or_twice_showed_is_not_guessed(
    zone: str, text: str, expected: datetime | str
) -> None:
    assert times([text], zone) == [expected]


def test_a_time_with_an_offset_is_never_ambiguous() -> None:
    found = times(["2025-10-26 02:30+01:00", "2026-03-29T02:30:00Z"], "Europe/Warsaw")
    assert found == [utc(2025, 10, 26, 1, 30), utc(2026, 3, 29, 2, 30)]
