"""The readers of rosters and interaction files: one rule a test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.reference.files import (
    InteractionFormat,
    RosterFormat,
    read_interactions,
    read_roster,
)
from tests.reference.model import Event, ReadingError, RosterRow

PLAIN = InteractionFormat(columns={})


def written(folder: Path, text: str, name: str = "export.csv") -> Path:
    """A file with some text in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def interactions(
    folder: Path, text: str, layout: InteractionFormat = PLAIN
) -> list[tuple[str, tuple[str, ...]]]:
    """Source and targets of each event."""
    events = read_interactions([written(folder, text)], layout)
    return [(event.source, tuple(event.targets)) for event in events]


def roster(folder: Path, text: str, layout: RosterFormat | None = None) -> list[RosterRow]:
    """The rows of one roster file."""
    return read_roster([written(folder, text)], layout)


def test_rows_of_the_same_source_time_and_channel_are_one_event(tmp_path: Path) -> None:
    text = """channel,source,target,occurred_at
email,a,b,2026-03-02T10:00:00Z
email,a,c,2026-03-02T11:00:00+01:00
email,a,b,2026-03-02T10:00:00Z
email,a,d,2026-03-02T10:00:01Z
answer,a,d,2026-03-02T10:00:00Z
email,b,d,2026-03-02T10:00:00Z
"""
    found = interactions(tmp_path, text)
    assert found == [
        ("a", ("b", "c")),
        ("a", ("d",)),
        ("a", ("d",)),
        ("b", ("d",)),
    ]


def test_rows_of_the_same_event_id_are_one_event(tmp_path: Path) -> None:
    text = """event_id,source,target,occurred_at,minutes,mutual
1,a,b,2026-03-02,,
1,a,c,2026-03-02,20,yes
2,a,b,2026-03-02,,
"""
    layout = InteractionFormat(columns={}, channel="coffee")
    first, second = read_interactions([written(tmp_path, text)], layout)
    facts = (first.channel, first.targets, first.minutes, first.mutual)
    assert facts == ("pair", ("b", "c"), 20, True)
    assert (second.targets, second.mutual) == (("b",), False)


def test_a_meeting_may_be_listed_from_several_sides(tmp_path: Path) -> None:
    text = "event_id,source,target,occurred_at\n1,b,c,2026-03-02\n1,a,b,2026-03-02\n"
    meeting = InteractionFormat(columns={}, channel="meeting")
    assert interactions(tmp_path, text, meeting) == [("a", ("b", "c"))]
    with pytest.raises(ReadingError, match="more than one source"):
        interactions(tmp_path, text, InteractionFormat(columns={}, channel="email"))


def test_rows_of_contact_are_an_event_each_and_duplicates_count_once(
    tmp_path: Path,
) -> None:
    text = "source,target,occurred_at\na,b,20\na,c,20\na,b,20\na,b,40\n"
    layout = InteractionFormat(columns={}, channel="contact", time_format="epoch_s")
    found = interactions(tmp_path, text, layout)
    assert sorted(found) == [("a", ("b",)), ("a", ("b",)), ("a", ("c",))]


@pytest.mark.parametrize(
    ("text", "time_format", "hour_in_utc"),
    [
        ("2026-03-02 10:00:00", None, 9),
        ("2026-07-02 10:00:00", None, 8),
        ("2026-03-02T10:00:00Z", None, 10),
        ("02/03/2026 10:00", "%d/%m/%Y %H:%M", 9),
        ("39600000", "epoch_ms", 11),
    ],
)
def test_a_time_without_a_zone_is_in_the_sources_zone(
    tmp_path: Path, text: str, time_format: str | None, hour_in_utc: int
) -> None:
    layout = InteractionFormat(
        columns={"occurred_at": "When"},
        delimiter=";",
        timezone="Europe/Warsaw",
        time_format=time_format,
    )
    path = written(tmp_path, f"source;target;When\na;b;{text}\n")
    [event] = read_interactions([path], layout)
    assert (event.occurred_at.tzinfo, event.occurred_at.hour) == (UTC, hour_in_utc)


def test_splitting_repeating_and_reordering_files_changes_nothing(
    tmp_path: Path,
) -> None:
    header = "source,target,occurred_at\n"
    lines = [f"a,{target},2026-03-02\n" for target in "bcd"]
    whole = written(tmp_path, header + "".join(lines))
    parts = [
        written(tmp_path, header + "".join(some), f"{number}.csv")
        for number, some in enumerate([lines[2:], lines[:2], lines[1:]])
    ]
    expected = [
        Event(
            "pair|a|2026-03-02T00:00:00+00:00",
            "pair",
            "a",
            ("b", "c", "d"),
            datetime(2026, 3, 2, tzinfo=UTC),
        )
    ]
    assert read_interactions([whole], PLAIN) == expected
    assert read_interactions(parts, PLAIN) == expected


def test_a_mapped_column_that_is_missing_is_an_error(tmp_path: Path) -> None:
    layout = InteractionFormat(columns={"source": "Sender"})
    with pytest.raises(ReadingError, match="no column Sender"):
        interactions(tmp_path, "source,target,occurred_at\n", layout)


def test_a_roster_maps_its_columns_and_leaves_the_empty_unknown(tmp_path: Path) -> None:
    layout = RosterFormat(columns={"person_id": "ID", "manager_id": "Boss"}, delimiter=";")
    [row] = roster(tmp_path, "\ufeffID;Boss;team\n 7 ;;\n", layout)
    facts = (row.person, row.manager, row.team, row.valid_from, row.valid_to)
    assert facts == ("7", None, None, None, None)


def test_without_valid_from_a_row_holds_while_employed(tmp_path: Path) -> None:
    [row] = roster(tmp_path, "person_id,hired_on,left_on\na,2026-01-01,2026-02-01\n")
    assert (row.valid_from, row.valid_to) == (date(2026, 1, 1), date(2026, 2, 1))


def test_with_valid_from_the_employment_bounds_nothing(tmp_path: Path) -> None:
    text = "person_id,hired_on,valid_from,valid_to\na,2025-01-01,2026-01-01,\n"
    [row] = roster(tmp_path, text)
    assert (row.valid_from, row.valid_to) == (date(2026, 1, 1), None)


def test_each_snapshot_holds_until_the_next(tmp_path: Path) -> None:
    january = written(tmp_path, "person_id\na\nb\n", "hr-2026-01-01.csv")
    march = written(tmp_path, "person_id\na\n", "hr-2026-03-01.csv")
    layout = RosterFormat(columns={}, snapshot_in_name=True)
    by_name = read_roster([march, january], layout)
    assert {(row.person, row.valid_from, row.valid_to) for row in by_name} == {
        ("a", date(2026, 1, 1), date(2026, 3, 1)),
        ("b", date(2026, 1, 1), date(2026, 3, 1)),
        ("a", date(2026, 3, 1), None),
    }
    text = "person_id,snapshot_date\na,2026-01-01\na,2026-03-01\n"
    assert [row.valid_to for row in roster(tmp_path, text)] == [date(2026, 3, 1), None]


def test_a_declared_order_turns_grades_into_levels(tmp_path: Path) -> None:
    text = "person_id,job_level\na,junior\nb,senior\nc,\n"
    layout = RosterFormat(columns={}, grade_order=("junior", "senior"))
    assert [row.job_level for row in roster(tmp_path, text, layout)] == [1, 2, None]
    text = "person_id,job_level\na,2.5\n"
    assert [row.job_level for row in roster(tmp_path, text)] == [2.5]


def test_derived_units_follow_the_reporting_lines(tmp_path: Path) -> None:
    text = """person_id,manager_id,valid_from
top,,
vice,top,
chief,vice,
worker,chief,
worker,vice,2026-03-01
orphan,gone,
below,orphan,
"""
    layout = RosterFormat(columns={}, derive_units=True)
    rows = roster(tmp_path, text, layout)
    later = date(2026, 3, 1)
    units = {(row.person, row.valid_from == later): (row.team, row.department) for row in rows}
    assert {row.valid_to for row in rows if row.valid_from is None} == {later}
    assert units["top", False] == (None, None)
    assert units["vice", False] == ("top", "vice")
    assert units["chief", False] == ("vice", "vice")
    assert units["worker", False] == ("chief", "vice")
    assert units["worker", True] == ("vice", "vice")
    assert units["orphan", True] == (None, None)
    assert units["below", True] == ("orphan", None)
