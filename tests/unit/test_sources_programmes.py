"""Lists of programmes, enrolments and sessions: what each column means, what a list replaces."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.csv_kinds import LONGEST_LABEL
from dagster_pipelines.sources.programme_words import CHANNELS_OF_SESSIONS, PROGRAMME_TYPES
from dagster_pipelines.sqlfiles import repository
from tests.harness.landed import Landed, Staged, a_company, landed, mail_of, staged, write_all

PROGRAMMES = "programme_id,type,name,starts_on,ends_on"
ENROLMENTS = "programme_id,person,role,partner,starts_on,ends_on,planned_sessions"
SESSIONS = "session_id,programme_id,kind,started_at,minutes,person,role,present,status"
NOON = "2026-03-02 12:00"


def a_list(what: str, **said: Any) -> dict[str, Any]:
    """The source of programmes, of enrolments or of sessions."""
    return {"name": what, "format": f"{what}_csv", "path": f"{what}*.csv", **said}


def read(folder: Path, what: str, header: str, *lines: str, **said: Any) -> Staged:
    """What becomes of the rows of one file."""
    write_all(folder, {f"{what}.csv": mail_of(*lines, header=header)})
    return staged(a_company(folder, a_list(what, **said)))


def column(found: Staged, name: str) -> list[Any]:
    return [row[name] for _, row in sorted(found.rows.items())]


def test_a_programme_has_a_type_and_may_have_a_name_and_days(tmp_path: Path) -> None:
    lines = [
        "P1,mentoring,  Lighthouse\u00a0,2026-03-02,2026-06-30",
        "P2,Job Shadowing,,,",
        "P3,LEARNING-LUNCH,Cafe\u0301,2026-03-02T00:00:00,",
    ]
    found = read(tmp_path, "programmes", PROGRAMMES, *lines)
    assert column(found, "programme_type") == ["mentoring", "job_shadowing", "learning_lunch"]
    assert column(found, "label") == ["Lighthouse", None, "Caf\u00e9"]
    assert column(found, "starts_on") == [date(2026, 3, 2), None, date(2026, 3, 2)]
    assert column(found, "ends_on") == [date(2026, 6, 30), None, None]


@pytest.mark.parametrize("type_", PROGRAMME_TYPES)
def test_the_types_are_those_of_the_definitions(type_: str) -> None:
    text = (repository() / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert f"`{type_}`" in text.partition("## 9.")[2].partition("## 10.")[0]


def test_a_name_is_kept_up_to_a_length(tmp_path: Path) -> None:
    found = read(tmp_path, "programmes", PROGRAMMES, f"P1,buddy,{'x' * 1000},,")
    assert column(found, "label") == ["x" * LONGEST_LABEL]


def test_dates_may_be_written_in_another_way(tmp_path: Path) -> None:
    lines = ["P1,buddy,,02.03.2026,", "P2,buddy,,2026-03-02,"]
    found = read(tmp_path, "programmes", PROGRAMMES, *lines, date_format="%d.%m.%Y")
    assert column(found, "starts_on") == [date(2026, 3, 2)]
    assert found.rejected == {3: "bad_date"}


BAD_PROGRAMMES = {
    ",buddy,x,,": "empty_field",
    "P1,,x,,": "empty_field",
    "P1,buddies,x,,": "unknown_programme_type",
    'P1,buddy,"a\nb",,': "bad_label",
    f"P1,buddy,{'x' * 1_000_001},,": "field_too_long",
    "P1,buddy,x,2026-02-30,": "bad_date",
    "P1,buddy,x,,soon": "bad_date",
    "P1,buddy,x,2026-03-02,2026-03-01": "ends_before_it_begins",
    '"P\x07",buddy,x,,': "bad_identifier",
    "P1,buddy,x,,,": "too_many_fields",
}
BAD_ENROLMENTS = {
    ",a,mentee,,2026-03-02,,": "empty_field",
    "P1,,mentee,,2026-03-02,,": "empty_field",
    "P1,a,mentee,,,,": "empty_field",
    "P1,a,boss,,2026-03-02,,": "unknown_role",
    'P1,a,mentee,"b\x07",2026-03-02,,': "bad_identifier",
    "P1,a,mentee,,02/03/2026,,": "bad_date",
    "P1,a,mentee,,2026-03-02,2026-03-01,": "ends_before_it_begins",
    "P1,a,mentee,,2026-03-02,,6.5": "bad_number",
    "P1,a,mentee,,2026-03-02,,-1": "bad_number",
    "P1,a": "too_few_fields",
}
BAD_SESSIONS = {
    f",P1,mentoring,{NOON},,a,,,": "empty_field",
    "S1,P1,mentoring,,,a,,,": "empty_field",
    f"S1,P1,,{NOON},,a,,,": "empty_field",
    f"S1,P1,mentoring,{NOON},,,,,": "empty_field",
    "S1,P1,mentoring,noon,,a,,,": "bad_time",
    "S1,P1,mentoring,1989-12-31,,a,,,": "before_1990",
    f"S1,P1,chat,{NOON},,a,,,": "unknown_session_kind",
    f"S1,P1,mentoring,{NOON},long,a,,,": "bad_minutes",
    f"S1,P1,mentoring,{NOON},,a,boss,,": "unknown_role",
    f"S1,P1,mentoring,{NOON},,a,,perhaps,": "bad_flag",
    f"S1,P1,mentoring,{NOON},,a,,,lost": "unknown_status",
    f'S1,"P\x07",mentoring,{NOON},,a,,,': "bad_identifier",
}


@pytest.mark.parametrize(
    ("what", "header", "bad"),
    [
        ("programmes", PROGRAMMES, BAD_PROGRAMMES),
        ("enrolments", ENROLMENTS, BAD_ENROLMENTS),
        ("sessions", SESSIONS, BAD_SESSIONS),
    ],
)
def test_each_bad_record_is_put_aside_with_its_reason(
    tmp_path: Path, what: str, header: str, bad: dict[str, str]
) -> None:
    found = read(tmp_path, what, header, *bad)
    assert not found.rows
    assert [found.rejected[line] for line in sorted(found.rejected)] == list(bad.values())
    assert found.records == len(bad)


def test_an_enrolment_has_a_role_a_partner_and_a_plan_where_they_are_said(tmp_path: Path) -> None:
    lines = ["P1,a,Mentee,b,2026-03-02,2026-03-02, 6 ", "P1,a,,,2026-03-02,,"]
    found = read(tmp_path, "enrolments", ENROLMENTS, *lines)
    assert column(found, "role") == ["mentee", "participant"]
    assert column(found, "planned_sessions") == [6, None]
    assert [one is None for one in column(found, "partner_identifier_id")] == [False, True]
    assert len(set(column(found, "record_id"))) == 2


def test_rows_of_one_session_are_one_event_and_say_who_led(tmp_path: Path) -> None:
    roles = ["mentor", "Mentee", "", "speaker", "guest", "host", "coach", "buddy", "newcomer"]
    lines = [
        f"S1,P1,mentoring,{NOON},45,{number},{role},,held" for number, role in enumerate(roles)
    ]
    found = read(tmp_path, "sessions", SESSIONS, *lines, f"S2,P1,mentoring,{NOON},45,a,,,held")
    assert len(set(column(found, "event_id")[:-1])) == 1
    assert len(set(column(found, "event_id"))) == 2
    assert column(found, "is_leading") == [
        *(True, False, False, True, False, True, True, True, False),
        False,
    ]
    assert set(column(found, "minutes")) == {45}


def test_a_session_s_kind_is_its_channel(tmp_path: Path) -> None:
    kinds = {
        **dict.fromkeys(("mentor", "Buddy", "coach", "Job shadowing"), "mentoring"),
        **dict.fromkeys(
            ("learning lunch", "community-meeting", "training", "reflection round"),
            "learning_session",
        ),
    }
    lines = [f"{kind},P1,{kind},{NOON},,a,,," for kind in kinds]
    found = read(tmp_path, "sessions", SESSIONS, *lines)
    assert column(found, "channel") == list(kinds.values())
    assert set(CHANNELS_OF_SESSIONS.values()) == set(kinds.values())


def test_somebody_is_present_or_not_or_the_list_does_not_say(tmp_path: Path) -> None:
    lines = [f"S1,,training,{NOON},,{one},,{said}," for one, said in enumerate(("yes", "0", ""))]
    found = read(tmp_path, "sessions", SESSIONS, *lines)
    assert column(found, "is_present") == [True, False, None]
    assert column(found, "programme_id") == [None] * 3


def test_sessions_that_were_cancelled_or_lie_ahead_are_left_out_by_a_rule(tmp_path: Path) -> None:
    lines = [
        f"S1,P1,training,{NOON},,a,,,held",
        f"S2,P1,training,{NOON},,a,,,Cancelled",
        "S3,P1,training,,,,,,cancelled",
        f"S4,P1,training,{NOON},,a,,,no-show",
        f"S5,P1,training,{NOON},,a,,,planned",
        "S6,P1,training,2199-01-01,,a,,,",
        "S7,P1,training,2199-01-01,,a,,,held",
        "S8,P1,training,2199-01-01,,,,,canceled",
        "S9,P1,training,2199-01-01,,,boss,,",
    ]
    write_all(tmp_path, {"sessions.csv": mail_of(*lines, header=SESSIONS)})
    found = landed(a_company(tmp_path, a_list("sessions")))
    [[loaded, quarantined, excluded]] = found.rows(
        "select loaded, quarantined, excluded from raw.files"
    )
    assert (loaded, quarantined) == (1, 0)
    assert excluded == {"cancelled": 4, "planned": 4}
    assert found.unbalanced() == []


def test_a_programme_is_one_in_all_lists_and_a_session_is_its_own_list_s(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {
            "programmes.csv": mail_of("P1,buddy,,,", header=PROGRAMMES),
            "enrolments.csv": mail_of(" P1 ,a,,,2026-03-02,,", header=ENROLMENTS),
            "sessions.csv": mail_of(f"P1,P1,buddy,{NOON},,a,,,", header=SESSIONS),
            "others.csv": mail_of(f"P1,P1,buddy,{NOON},,a,,,", header=SESSIONS),
        },
    )
    lists = [a_list(what) for what in ("programmes", "enrolments", "sessions")]
    found = landed(
        a_company(
            tmp_path, *lists, {"name": "others", "format": "sessions_csv", "path": "others.csv"}
        )
    )
    ids = found.rows(
        "select programme_id from raw.programmes_csv_rows"
        " union select programme_id from raw.enrolments_csv_rows"
        " union select programme_id from raw.sessions_csv_rows"
    )
    assert len(ids) == 1
    assert found.value("select count(distinct event_id) from raw.sessions_csv_rows") == 2
    # Nobody could know the number who has not the key.
    elsewhere = landed(
        a_company(tmp_path, *lists, data_dir="other", privacy={"key_file": "other-key"})
    )
    assert elsewhere.rows("select programme_id from raw.programmes_csv_rows") != ids


def stored(found: Landed, what: str) -> list[tuple[Any, ...]]:
    """What is stored of a list, whatever file and line it stands in."""
    return found.rows(
        "select * exclude (file_id, line_number)"  # noqa: S608
        f" from raw.{what}_csv_rows order by all"
    )


LISTS = {
    "programmes": (PROGRAMMES, ["P1,buddy,A,2026-03-02,", "P2,training,B,,", "P3,mobility,,,"]),
    "enrolments": (
        ENROLMENTS,
        ["P1,a,,,2026-03-02,,", "P1,b,mentor,a,2026-03-02,,6", "P2,a,,,2026-03-02,,"],
    ),
    "sessions": (
        SESSIONS,
        [
            f"S1,P1,buddy,{NOON},30,a,buddy,,",
            f"S1,P1,buddy,{NOON},30,b,,,",
            f"S2,,training,{NOON},,a,,no,held",
        ],
    ),
}


@pytest.mark.parametrize("what", LISTS)
def test_repeated_split_and_reordered_files_say_the_same(tmp_path: Path, what: str) -> None:
    header, lines = LISTS[what]
    company = a_company(tmp_path, a_list(what))
    write_all(tmp_path, {f"{what}.csv": mail_of(*lines, header=header)})
    once = stored(landed(company), what)
    assert len(once) == 3
    write_all(
        tmp_path,
        {
            f"{what}.csv": mail_of(lines[2], lines[0], lines[2], header=header),
            f"{what}-2.csv": mail_of(lines[1], lines[0], header=header),
        },
    )
    found = landed(company)
    assert stored(found, what) == once
    assert found.receipts[f"{what}_csv"].duplicate == 2
    assert found.unbalanced() == []
    again = landed(company).receipts[f"{what}_csv"]
    assert (again.files, again.files_already_known, again.loaded) == (2, 2, 0)


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_what_its_present_files_say(tmp_path: Path, what: str) -> None:
    header, lines = LISTS[what]
    company = a_company(tmp_path, a_list(what))
    write_all(
        tmp_path,
        {
            f"{what}.csv": mail_of(*lines[:2], header=header),
            f"{what}-2.csv": mail_of(lines[2], header=header),
        },
    )
    assert len(stored(landed(company), what)) == 3
    write_all(tmp_path, {f"{what}.csv": mail_of(lines[1], header=header)})
    assert len(stored(landed(company), what)) == 2
    (tmp_path / f"{what}-2.csv").unlink()
    found = landed(company)
    assert len(stored(found, what)) == 1
    assert found.unbalanced() == []


@pytest.mark.parametrize("what", LISTS)
def test_a_list_may_be_empty_but_not_unreadable(tmp_path: Path, what: str) -> None:
    header, lines = LISTS[what]
    company = a_company(tmp_path, a_list(what))
    write_all(tmp_path, {f"{what}.csv": mail_of(*lines, header=header)})
    found = landed(company)
    write_all(tmp_path, {f"{what}.csv": mail_of("," * header.count(","), header=header)})
    with pytest.raises(UsageError, match=rf"sources\[{what}\].*can be used \(1 empty_field\)"):
        landed(company)
    assert len(stored(found, what)) == 3
    write_all(tmp_path, {f"{what}.csv": mail_of(header=header)})
    assert stored(landed(company), what) == []


@pytest.mark.parametrize("what", LISTS)
def test_a_file_without_a_needed_column_is_refused(tmp_path: Path, what: str) -> None:
    header, _ = LISTS[what]
    missing = header.split(",")[0]
    with pytest.raises(UsageError, match=rf"{what}\.csv has no column '{missing}'"):
        read(tmp_path, what, header.partition(",")[2])


def test_the_first_and_last_time_of_a_list_of_sessions_are_in_the_manifest(tmp_path: Path) -> None:
    lines = [f"S{day},,training,2026-03-0{day} 12:00,,a,,," for day in (2, 5, 4)]
    write_all(tmp_path, {"sessions.csv": mail_of(*lines, header=SESSIONS)})
    found = landed(a_company(tmp_path, a_list("sessions")))
    [times] = found.rows("select first_event_at, last_event_at from raw.files")
    assert times == tuple(datetime(2026, 3, day, 12) for day in (2, 5))  # noqa: DTZ001


@pytest.mark.parametrize("format_", [name for name in FORMATS if hasattr(FORMATS[name], "SHAPE")])
def test_the_columns_that_may_be_declared_are_those_that_are_read(
    tmp_path: Path, format_: str
) -> None:
    shape = FORMATS[format_].SHAPE
    source = a_company(tmp_path, {"name": "x", "format": format_, "path": "x.csv"}).sources[0]
    assert {column.name for column in shape.columns} == set(source.known_columns)
