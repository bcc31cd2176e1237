"""CSV rosters: what each column means, and what a row must say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources.roster_csv import day_in_name
from tests.harness.landed import Staged, a_company, a_roster, landed, mail_of, staged, write_all


def read(folder: Path, header: str, *lines: str, **said: Any) -> Staged:
    """What becomes of the rows of one file."""
    write_all(folder, {"hr.csv": mail_of(*lines, header=header)})
    return staged(a_company(folder, a_roster(**said)))


def column(found: Staged, name: str) -> list[Any]:
    return [row[name] for _, row in sorted(found.rows.items())]


def test_a_row_is_about_somebody(tmp_path: Path) -> None:
    found = read(tmp_path, "person_id,team", "a,x", ",x", "  ,x")
    assert found.rejected == {3: "empty_person_id", 4: "empty_person_id"}


def test_a_person_id_is_all_that_a_roster_needs(tmp_path: Path) -> None:
    found = read(tmp_path, "person_id", "a")
    row = found.rows[2]
    assert row.pop("person_identifier_id") > 0
    assert (row.pop("alternate_identifier_ids"), row.pop("is_dated")) == ([], False)
    row.pop("record_id")
    row.pop("content_hash")
    assert set(row.values()) == {None}


def test_an_identifier_is_the_same_whatever_column_names_it(tmp_path: Path) -> None:
    header = "person_id,email,manager_id,alternate_ids"
    found = read(tmp_path, header, "x@a.org,Ann <X@A.org>,mailto:x@a.org,smtp:X@a.ORG.")
    row = found.rows[2]
    ids = {row[f"{name}_identifier_id"] for name in ("person", "email", "manager")}
    assert ids == set(row["alternate_identifier_ids"])


def test_alternate_ids_are_parted_by_any_usual_mark(tmp_path: Path) -> None:
    lines = ['a,"b;c, d|e  f"', 'a,"f e d c b b ;"', "a,"]
    found = read(tmp_path, "person_id,alternate_ids", *lines)
    first, second, third = column(found, "alternate_identifier_ids")
    assert (len(first), first, third) == (5, second, [])


def test_an_empty_manager_is_none_and_an_empty_unit_is_unknown(tmp_path: Path) -> None:
    header = "person_id,manager_id,team,department,discipline,location,work_mode"
    found = read(tmp_path, header, "a, ,,  ,\u00a0,,", "b,xx,n/a,Cafe\u0301 , x ,y,z")
    units = ("team", "department", "discipline", "location", "work_mode")
    assert [found.rows[2][name] for name in (*units, "manager_identifier_id")] == [None] * 6
    assert [found.rows[3][name] for name in units] == ["n/a", "Caf\u00e9", "x", "y", "z"]


def test_declared_grades_are_levels_from_the_lowest(tmp_path: Path) -> None:
    lines = ["a,junior", "b, senior ", "c,", "d,Junior", "e,2"]
    found = read(tmp_path, "person_id,job_level", *lines, grades=["junior", "senior"])
    assert column(found, "job_level") == [1, 2, None]
    assert found.rejected == {5: "unknown_grade", 6: "unknown_grade"}
    found = read(tmp_path, "person_id,job_level", "a,3", "b,1", grades=["3", "2", "1"])
    assert column(found, "job_level") == [1, 3]


def test_without_grades_a_level_is_a_number(tmp_path: Path) -> None:
    lines = ["a,2", "b, 2.5 ", "c,", "d,-1", "e,senior", "f,1e3", "g,nan", "h,1_0", 'i,"2,5"']
    found = read(tmp_path, "person_id,job_level", *lines)
    assert column(found, "job_level") == [2, 2.5, None, -1]
    assert found.rejected == dict.fromkeys(range(6, 11), "bad_job_level")


@pytest.mark.parametrize("name", ["hired_on", "left_on", "valid_from", "valid_to"])
def test_a_date_exists_and_is_iso(tmp_path: Path, name: str) -> None:
    good = {"2024-02-29": date(2024, 2, 29), " 2024-02-29T00:00:00 ": date(2024, 2, 29), "": None}
    bad = ["2023-02-29", "2024-02-30", "29/02/2024", "2024-2-9", "infinity", "45321", "soon"]
    found = read(tmp_path, f"person_id,{name}", *(f"a,{text}" for text in (*good, *bad)))
    assert column(found, name) == list(good.values())
    assert found.rejected == dict.fromkeys(range(5, 12), "bad_date")


def test_another_way_of_writing_dates_is_declared(tmp_path: Path) -> None:
    lines = ["a,01/02/2026", "a,2026-02-01", "a,31/02/2026"]
    found = read(tmp_path, "person_id,hired_on", *lines, date_format="%d/%m/%Y")
    assert column(found, "hired_on") == [date(2026, 2, 1)]
    assert found.rejected == {3: "bad_date", 4: "bad_date"}


def test_a_row_that_ends_before_it_begins_is_loaded_for_others_to_find(tmp_path: Path) -> None:
    found = read(tmp_path, "person_id,valid_from,valid_to", "a,2026-03-01,2026-01-01")
    assert (column(found, "is_dated"), found.rejected) == ([True], {})


def test_a_snapshot_s_row_says_its_day(tmp_path: Path) -> None:
    lines = ["a,2026-01-01", "a,", "a,2026-01-32"]
    found = read(tmp_path, "person_id,snapshot_date", *lines)
    assert column(found, "snapshot_on") == [date(2026, 1, 1)]
    assert found.rejected == {3: "empty_snapshot_date", 4: "bad_date"}


def test_a_snapshot_s_day_may_stand_in_the_file_s_name(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr-20260301.csv": ["person_id,snapshot_date", "a,2020-01-01"]})
    source = a_roster(path="hr-*.csv", snapshot_date="file_name")
    found = staged(a_company(tmp_path, source))
    assert column(found, "snapshot_on") == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("hr-2026-03-01.csv", date(2026, 3, 1)),
        ("20260301_hr.csv", date(2026, 3, 1)),
        ("hr_2026-03-01_20260301.csv", date(2026, 3, 1)),
        ("hr 2026-03-01 v12345678.csv", date(2026, 3, 1)),
        ("hr.csv", None),
        ("hr-2026-02-30.csv", None),
        ("hr-2026-03-01-2026-04-01.csv", None),
        ("hr-1202603011.csv", None),
    ],
)
def test_a_file_s_name_holds_exactly_one_day(name: str, day: date | None) -> None:
    if day is None:
        with pytest.raises(UsageError, match="needs exactly one date in the file's name"):
            day_in_name(Path(name), "sources[hr]")
    else:
        assert day_in_name(Path(name), "sources[hr]") == day


def test_a_record_is_a_person_from_a_day_and_its_content_is_all_that_it_says(
    tmp_path: Path,
) -> None:
    header = "person_id,valid_from,team,alternate_ids"
    found = read(
        tmp_path,
        header,
        "a,2026-01-01,x,p;q",
        " a,2026-01-01, x ,q p",
        "a,2026-01-01,y,p;q",
        "a,2026-02-01,x,p;q",
        "b,2026-01-01,x,p;q",
        "a,2026-01-01,x,p",
    )
    records = column(found, "record_id")
    assert [one == records[0] for one in records] == [True, True, True, False, False, True]
    contents = column(found, "content_hash")
    assert [one == contents[0] for one in contents] == [True, True, False, False, False, False]


def test_names_are_never_read(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id,name,email,Salary", "a,Ann,ann@x.org,1000"]})
    found = landed(a_company(tmp_path, a_roster()))
    row = found.rows("select * from raw.roster_csv_rows")
    assert "Ann" not in str(row)
    assert "1000" not in str(row)
