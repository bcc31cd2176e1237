"""Landing rosters: they are what their present files say, and snapshots accumulate."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_pipelines.errors import UsageError
from tests.harness.landed import Landed, a_company, a_roster, landed, write_all

FATES = "select records, loaded, duplicate, quarantined from raw.files where superseded_at is null"


def people(found: Landed) -> list[str]:
    """The teams of the roster's rows: one letter a row says which is meant."""
    rows = found.rows("select coalesce(team, '-') from raw.roster_csv_rows order by all")
    return [team for (team,) in rows]


def test_a_roster_is_what_its_present_files_say(tmp_path: Path) -> None:
    company = a_company(tmp_path, a_roster(path="hr*.csv"))
    write_all(
        tmp_path,
        {"hr1.csv": ["person_id,team", "a,A", "b,B"], "hr2.csv": ["person_id,team", "b,B", "c,C"]},
    )
    first = landed(company)
    assert people(first) == ["A", "B", "C"]
    assert sorted(first.rows(FATES)) == [(2, 1, 1, 0), (2, 2, 0, 0)]
    write_all(tmp_path, {"hr1.csv": ["person_id,team", "a,X", "c"]})
    second = landed(company)
    assert people(second) == ["B", "C", "X"]
    assert second.value("select count(*) from raw.quarantine") == 1
    (tmp_path / "hr1.csv").unlink()
    third = landed(company)
    assert people(third) == ["B", "C"]
    assert third.value("select count(*) from raw.quarantine") == 0
    assert third.value("select count(*) from raw.files") == 5
    assert third.unbalanced() == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["person_id,hired_on"], "has a header and no rows"),
        (["person_id,hired_on", "a,never", ",2026-01-01", "b,x"], "2 bad_date, 1 empty_person_id"),
    ],
)
def test_a_roster_without_a_usable_row_leaves_the_one_before(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    company = a_company(tmp_path, a_roster())
    write_all(tmp_path, {"hr.csv": ["person_id,team", "a,A"]})
    first = landed(company)
    write_all(tmp_path, {"hr.csv": lines})
    with pytest.raises(UsageError, match=rf"sources\[hr\].*{said}"):
        landed(company)
    assert people(first) == ["A"]


def test_snapshots_accumulate(tmp_path: Path) -> None:
    company = a_company(tmp_path, a_roster())
    write_all(tmp_path, {"hr.csv": ["person_id,team,snapshot_date", "a,J,2026-01-01"]})
    landed(company)
    write_all(tmp_path, {"hr.csv": ["person_id,team,snapshot_date", "a,F,2026-02-01"]})
    found = landed(company)
    assert people(found) == ["F", "J"]
    assert people(landed(company)) == ["F", "J"]
    assert found.value("select count(*) from raw.files") == 2


def test_a_snapshot_that_is_exported_again_replaces_itself(tmp_path: Path) -> None:
    company = a_company(tmp_path, a_roster(path="hr-*.csv", snapshot_date="file_name"))
    write_all(tmp_path, {"hr-20260101.csv": ["person_id,team", "a,A"]})
    landed(company)
    write_all(
        tmp_path,
        {
            "hr-20260101.csv": ["person_id,team", "a,X", "b,B"],
            "hr-20260201.csv": ["person_id,team", "a,F"],
        },
    )
    assert people(landed(company)) == ["B", "F", "X"]
    (tmp_path / "hr-20260101.csv").unlink()
    found = landed(company)
    assert people(found) == ["B", "F", "X"]
    assert found.unbalanced() == []


def test_a_snapshot_that_says_what_an_earlier_day_said_is_a_snapshot_of_its_own(
    tmp_path: Path,
) -> None:
    company = a_company(tmp_path, a_roster(path="hr-*.csv", snapshot_date="file_name"))
    one, other = ["person_id,team", "a,J"], ["person_id,team", "a,F"]
    write_all(tmp_path, {"hr-20260101.csv": one, "hr-20260201.csv": other})
    landed(company)
    write_all(tmp_path, {"hr-20260301.csv": one, "hr-20260401.csv": one})
    found = landed(company)
    days = "select snapshot_on::varchar, team from raw.roster_csv_rows order by all"
    assert found.rows(days) == [
        ("2026-01-01", "J"),
        ("2026-02-01", "F"),
        ("2026-03-01", "J"),
        ("2026-04-01", "J"),
    ]
    receipt = landed(company).receipts["roster_csv"]
    assert (receipt.files, receipt.files_already_known) == (4, 4)


def test_a_history_that_grows_at_its_path_keeps_every_snapshot(tmp_path: Path) -> None:
    company = a_company(tmp_path, a_roster())
    header = "person_id,team,snapshot_date"
    write_all(tmp_path, {"hr.csv": [header, "a,J,2026-01-01"]})
    landed(company)
    write_all(tmp_path, {"hr.csv": [header, "a,J,2026-01-01", "a,F,2026-02-01"]})
    found = landed(company)
    assert people(found) == ["F", "J"]
    kept = "select superseded_at is null from raw.files order by file_id"
    assert found.rows(kept) == [(False,), (True,)]
