"""`exclude` of tacit.yml: which records it leaves out, and that each is accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.landing import check_files
from dagster_pipelines.settings import load_settings
from tests.harness.landed import NOW, a_company, a_roster, landed, mail_of, some_mail, write_all

NOON = "2026-03-02 12:00"
MAIL = mail_of(
    f"a,room-1@example.org,{NOON}",
    f"b, ROOM-1@EXAMPLE.ORG ,{NOON}",
    f"a,b,{NOON}",
    f"bot,b,{NOON}",
    f"bot,room-1@example.org,{NOON}",
    "bot,b,nonsense",
    "a,b,nonsense",
    "bot,b",
)
ROOMS = {"target": ["room-1@example.org"]}
BOTS = {"source": "bot"}


def fates(found: Any) -> list[tuple[Any, ...]]:
    return found.rows("select records, loaded, quarantined, excluded from raw.files")


def test_a_record_that_a_rule_fits_is_excluded_by_the_first_such_rule(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": MAIL})
    found = landed(a_company(tmp_path, some_mail(exclude={"rooms": ROOMS, "bots": BOTS})))
    # Whether an excluded record could be read does not matter; one without its fields has none.
    assert fates(found) == [(8, 1, 2, {"rooms": 3, "bots": 2})]
    assert found.rows("select locator, reason from raw.quarantine order by locator") == [
        ("line 8", "bad_time"),
        ("line 9", "too_few_fields"),
    ]
    metadata = found.receipts["interaction_csv"].as_metadata()
    assert (metadata["excluded"], metadata["excluded/rooms"]) == (5, 3)
    assert found.unbalanced() == []
    assert found.ids("room-1@example.org", "bot") == [None, None]


def test_a_rule_of_several_columns_fits_if_each_does(tmp_path: Path) -> None:
    lines = ["a,Contractor,Rome", "b,contractor,Oslo", "c,Employee,Rome", "d,Agency,Rome"]
    write_all(tmp_path, {"hr.csv": ["person_id,Kind,Site", *lines]})
    rule = {"Kind": ["Contractor", "Agency"], "Site": "rome"}
    found = landed(a_company(tmp_path, a_roster(exclude={"agencies": rule})))
    assert fates(found) == [(4, 2, 0, {"agencies": 2})]
    assert found.party("b") is not None
    assert found.party("a") is None


def test_a_column_of_ours_may_be_looked_at_too(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["Id,Unit", "a,Board", "b,Sales"]})
    roster = a_roster(
        columns={"person_id": "Id", "team": "Unit"}, exclude={"board": {"Unit": "board"}}
    )
    found = landed(a_company(tmp_path, roster))
    assert found.rows("select team from raw.roster_csv_rows") == [("Sales",)]


def test_another_rule_reads_the_present_files_anew(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": MAIL})
    assert fates(landed(a_company(tmp_path, some_mail())))[0][1] == 5
    found = landed(a_company(tmp_path, some_mail(exclude={"bots": BOTS})), "again")
    assert found.rows("select loaded, excluded from raw.files where superseded_at is null") == [
        (3, {"bots": 3})
    ]
    assert found.unbalanced() == []


def test_check_counts_what_is_excluded(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": MAIL})
    [report] = check_files(a_company(tmp_path, some_mail(exclude={"rooms": ROOMS})), now=NOW)
    assert report.excluded == {"rooms": 3}
    assert report.is_balanced
    assert set(report.columns) == {"source", "target", "occurred_at"}


def test_a_rule_about_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": MAIL})
    company = a_company(tmp_path, some_mail(exclude={"rooms": {"Kind": "room"}}))
    with pytest.raises(UsageError, match=r"sources\[mail\].* has no column 'Kind'"):
        landed(company)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("{Rooms 1: {To: x}}", "sources[mail].exclude.Rooms 1: is not a name;"),
        ("{rooms: {}}", "sources[mail].exclude.rooms: is empty;"),
        ("{rooms: {To: []}}", "sources[mail].exclude.rooms.To: is empty;"),
    ],
)
def test_a_rule_that_is_none_is_refused(tmp_path: Path, said: str, sentence: str) -> None:
    path = tmp_path / "tacit.yml"
    path.write_text(
        f"sources:\n  - {{name: mail, format: interaction_csv, path: mail.csv, exclude: {said}}}\n"
    )
    with pytest.raises(UsageError) as refused:
        load_settings(path)
    assert sentence in str(refused.value)
