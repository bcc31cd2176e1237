"""Landing files: what is known already, what replaces what, and that nothing is lost."""

from __future__ import annotations

import grp
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.landing import Landing, check_files
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import connect, prepare_folders, vault_path, warehouse_path
from tests.harness.landed import (
    NOW,
    Landed,
    a_company,
    a_roster,
    landed,
    mail_of,
    some_mail,
    write_all,
)

NOON = "2026-03-02 12:00"
ONE = "2026-03-02 13:00"

FATES = "select records, loaded, duplicate, quarantined from raw.files where superseded_at is null"


def mail_rows(found: Landed) -> list[tuple[Any, ...]]:
    """What the mail rows say, apart from which file and load they come from."""
    return found.rows(
        "select record_id, content_hash, event_id, channel, occurred_at, copies, line_number"
        " from raw.interaction_csv_rows order by all"
    )


def files(found: Landed) -> list[tuple[Any, ...]]:
    return found.rows(
        "select file_id, records, loaded, duplicate, quarantined, superseded_at is null"
        " from raw.files order by file_id"
    )


def test_each_record_has_one_fate_and_the_manifest_says_which(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {
            "mail.csv": mail_of(
                f"a,b,{NOON}",
                f" a ,b,{NOON}",
                f"a,c,{NOON}",
                f"a,b,{NOON}:00Z",
                ",b,2026-03-02",
                "a,b",
                '"a,b,c',
                f"c,b,{ONE}",
            )
        },
    )
    found = landed(a_company(tmp_path, some_mail(channel="email")))
    assert found.rows(FATES) == [(8, 3, 2, 3)]
    assert found.rows("select locator, reason from raw.quarantine order by locator") == [
        ("line 6", "empty_source"),
        ("line 7", "too_few_fields"),
        ("line 8", "unterminated_quote"),
    ]
    copies = "select line_number, copies from raw.interaction_csv_rows order by line_number"
    assert found.rows(copies) == [(2, 3), (4, 1), (9, 1)]
    receipt = found.receipts["interaction_csv"]
    assert receipt.rows_by_table == {"interaction_csv_rows": 3}
    assert receipt.as_metadata() == {
        "files": 1,
        "files_already_known": 0,
        "records": 8,
        "loaded": 3,
        "duplicate": 2,
        "quarantined": 3,
        "excluded": 0,
        "quarantined/empty_source": 1,
        "quarantined/too_few_fields": 1,
        "quarantined/unterminated_quote": 1,
    }
    assert found.unbalanced() == []
    times = "select first_event_at, last_event_at, bytes, format, run_id from raw.files"
    size = (tmp_path / "mail.csv").stat().st_size
    first, last = datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 13)  # noqa: DTZ001
    assert found.rows(times) == [(first, last, size, "interaction_csv", "run")]


def test_the_same_bytes_again_do_nothing(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}"), "hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster(), some_mail())
    first = landed(company)
    before = (mail_rows(first), first.rows("from raw.files order by all"))
    write_all(tmp_path, {"copy-of-mail.csv": mail_of(f"a,b,{NOON}")})
    again = a_company(tmp_path, a_roster(), some_mail(path="*mail.csv"))
    second = landed(again, run_id="second", now=NOW + timedelta(days=1))
    assert (mail_rows(second), second.rows("from raw.files order by all")) == before
    receipts = second.receipts
    assert (receipts["interaction_csv"].files, receipts["interaction_csv"].records) == (2, 0)
    assert (receipts["roster_csv"].files, receipts["roster_csv"].files_already_known) == (1, 1)


def test_one_content_under_two_names_is_loaded_once(tmp_path: Path) -> None:
    text = mail_of(f"a,b,{NOON}")
    write_all(tmp_path, {"mail-1.csv": text, "mail-2.csv": text})
    found = landed(a_company(tmp_path, some_mail(path="mail-*.csv")))
    assert len(files(found)) == 1


def test_splitting_repeating_and_reordering_files_changes_no_row(tmp_path: Path) -> None:
    lines = [f"{person},b,2026-03-02 {hour}:00" for person in "acd" for hour in (10, 11, 12)]
    whole = a_company(tmp_path / "whole", some_mail())
    parts = a_company(tmp_path / "parts", some_mail(path="mail-*.csv"))
    write_all(tmp_path / "whole", {"mail.csv": mail_of(*lines, lines[0])})
    texts = (lines[5:], lines[:4], lines[3:6], lines[::-1])
    write_all(
        tmp_path / "parts",
        {f"mail-{number}.csv": mail_of(*some) for number, some in enumerate(texts)},
    )
    query = "select channel, occurred_at, count(*) from raw.interaction_csv_rows group by all"
    one, other = landed(whole), landed(parts)
    assert sorted(one.rows(query)) == sorted(other.rows(query))
    assert one.value("select sum(loaded) from raw.files") == 9
    assert other.value("select sum(loaded) from raw.files") == 9
    assert other.unbalanced() == []


def test_a_file_that_has_grown_adds_only_what_is_new(tmp_path: Path) -> None:
    company = a_company(tmp_path, some_mail())
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}", "a,b,nonsense")})
    landed(company)
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}", "a,b,nonsense", f"a,c,{NOON}")})
    found = landed(company)
    assert files(found) == [(1, 2, 1, 0, 1, True), (2, 3, 1, 1, 1, True)]
    assert found.unbalanced() == []


def test_mail_that_is_no_longer_there_stays_loaded(tmp_path: Path) -> None:
    company = a_company(tmp_path, some_mail(path="mail-*.csv"))
    write_all(tmp_path, {"mail-1.csv": mail_of(f"a,b,{NOON}")})
    landed(company)
    (tmp_path / "mail-1.csv").rename(tmp_path / "old.csv")
    write_all(tmp_path, {"mail-2.csv": mail_of(f"a,c,{NOON}")})
    assert landed(company).value("select count(*) from raw.interaction_csv_rows") == 2


def test_other_reading_options_read_the_present_files_anew(tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {
            "mail-1.csv": mail_of(f"a,b,{NOON}", f"a,c,{NOON}"),
            "mail-2.csv": mail_of(f"a,c,{NOON}", f"a,d,{NOON}"),
            "mail-3.csv": mail_of(f"a,e,{NOON}", "a,e,nonsense"),
        },
    )
    source = some_mail(path="mail-*.csv")
    landed(a_company(tmp_path, source))
    (tmp_path / "mail-3.csv").unlink()
    write_all(tmp_path, {"mail-4.csv": mail_of(f"a,d,{NOON}")})
    found = landed(a_company(tmp_path, {**source, "timezone": "Asia/Tokyo"}))
    assert files(found) == [
        (1, 2, 2, 0, 0, False),
        (2, 2, 1, 1, 0, False),
        (3, 2, 1, 0, 1, True),
        (4, 2, 2, 0, 0, True),
        (5, 2, 1, 1, 0, True),
        (6, 1, 0, 1, 0, True),
    ]
    hours = "select hour(occurred_at), count(*) from raw.interaction_csv_rows group by all"
    assert sorted(found.rows(hours)) == [(3, 3), (12, 1)]
    assert found.unbalanced() == []
    again = landed(a_company(tmp_path, {**source, "timezone": "Asia/Tokyo"}))
    assert files(again) == files(found)


def test_what_does_not_change_the_reading_reads_nothing_anew(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}"), "hr.csv": ["person_id", "a"]})
    landed(a_company(tmp_path, a_roster(), some_mail()))
    changed = a_company(
        tmp_path,
        a_roster(derive_units=True),
        some_mail(timezone="UTC"),
        organisation={"domains": ["example.org"], "name": "Other"},
        parameters={"tie_min_interactions": 3},
        coverage={"from": "2026-01-01", "to": "2026-02-01"},
    )
    found = landed(changed)
    assert found.value("select count(*) from raw.files") == 2
    assert found.rows("select has_declared_domains, tie_min_interactions from raw.parameters") == [
        (True, 3)
    ]
    covered = "select coverage_from::varchar, coverage_to::varchar from raw.parameters"
    assert found.rows(covered) == [("2025-12-29", "2026-02-01")]
    assert found.rows("select source_name, derives_units from raw.sources order by all") == [
        ("hr", True),
        ("mail", False),
    ]


def test_a_source_that_is_no_longer_named_stays_and_is_nobody_s(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}"), "hr.csv": ["person_id", "a"]})
    landed(a_company(tmp_path, a_roster(), some_mail()))
    found = landed(a_company(tmp_path, a_roster()))
    assert found.value("select count(*) from raw.interaction_csv_rows") == 1
    assert found.rows("select source_name from raw.sources") == [("hr",)]
    assert found.party("b") is None


def test_nothing_is_half_loaded_when_a_file_fails(tmp_path: Path) -> None:
    company = a_company(tmp_path, some_mail(path="mail-*.csv"))
    write_all(tmp_path, {"mail-1.csv": mail_of(f"a,b,{NOON}")})
    first = landed(company)
    write_all(tmp_path, {"mail-2.csv": mail_of(f"a,c,{NOON}"), "mail-3.csv": "nothing,of,use\n"})
    with pytest.raises(UsageError, match=r"sources\[mail\]: mail-3\.csv has no column"):
        landed(company)
    assert first.value("select count(*) from raw.interaction_csv_rows") == 1
    landing = Landing(company, "without preflight", now=NOW)
    with pytest.raises(UsageError, match=r"sources\[mail\]: file 3 of 3 has no column"):
        landing.load("interaction_csv")
    assert first.value("select count(*) from raw.interaction_csv_rows") == 2
    assert first.unbalanced() == []


def test_a_reload_that_fails_leaves_what_was_loaded(tmp_path: Path) -> None:
    source = some_mail(path="mail-*.csv")
    write_all(tmp_path, {"mail-1.csv": mail_of(f"a,b,{NOON}"), "mail-2.csv": mail_of("a,c,2026")})
    first = landed(a_company(tmp_path, source))
    before = (mail_rows(first), files(first))
    write_all(tmp_path, {"mail-2.csv": "nothing,of,use\n"})
    landing = Landing(a_company(tmp_path, {**source, "timezone": "Asia/Tokyo"}), "run", now=NOW)
    with pytest.raises(UsageError):
        landing.load("interaction_csv")
    assert (mail_rows(first), files(first)) == before


def test_preflight_stores_nothing_when_a_source_is_unusable(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"], "mail.csv": "source;target\n"})
    with pytest.raises(UsageError, match=r"sources\[mail\]: mail\.csv has no column"):
        Landing(a_company(tmp_path, a_roster(), some_mail()), "run").preflight()
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".duckdb", ".wal")]
    assert not (tmp_path / "key").exists()


def test_folders_are_for_their_owner_but_for_what_is_published(tmp_path: Path) -> None:
    company = a_company(tmp_path, a_roster())
    prepare_folders(company)
    modes = {path.name: path.stat().st_mode & 0o777 for path in company.data_path.iterdir()}
    assert modes.pop("published") == 0o755
    assert modes == dict.fromkeys(("dagster", "vault", "warehouse", "dbt", "stated"), 0o700)
    # Who reads what is published passes through, and sees nothing else.
    assert company.data_path.stat().st_mode & 0o777 == 0o711


def test_the_warehouse_may_be_a_group_s_too_and_is_taken_back_without_it(tmp_path: Path) -> None:
    group = grp.getgrgid(os.getgid()).gr_name
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    shared = a_company(tmp_path, a_roster(), privacy={"key_file": "key", "warehouse_group": group})
    landed(shared)

    def modes() -> dict[str, int]:
        paths = [tmp_path / "data" / name for name in ("vault", "warehouse", "warehouse/tmp")]
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
        return found | {"file": stat.S_IMODE(warehouse_path(shared).stat().st_mode)}

    assert modes() == {"vault": 0o700, "warehouse": 0o2770, "tmp": 0o2770, "file": 0o660}
    assert warehouse_path(shared).group() == group
    landed(a_company(tmp_path, a_roster()), "again")
    assert modes() == {"vault": 0o700, "warehouse": 0o700, "tmp": 0o700, "file": 0o600}


def test_a_group_that_does_not_exist_gets_a_sentence(tmp_path: Path) -> None:
    privacy = {"key_file": "key", "warehouse_group": "nobody-is-in-it"}
    with pytest.raises(UsageError, match=r"privacy\.warehouse_group: this machine has no group"):
        prepare_folders(a_company(tmp_path, a_roster(), privacy=privacy))


def test_a_data_dir_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"data_dir: .* cannot be used"):
        prepare_folders(a_company(tmp_path, a_roster(), data_dir="file/data"))


def test_a_warehouse_that_another_process_has_open_gets_a_sentence(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster())
    landed(company)
    script = "import duckdb, sys; one = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(warehouse_path(company))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(JobError, match="another process has this database open"):
            Landing(company, "run").declare()
        other.communicate(b"\n")


def test_what_is_no_database_gets_a_sentence(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster())
    prepare_folders(company)
    warehouse_path(company).write_text("not a database")
    with pytest.raises(JobError, match="cannot be opened as a database"):
        Landing(company, "run").declare()


@pytest.mark.parametrize("place", [9, 100, 4096, 4136])
@pytest.mark.parametrize("path_of", [warehouse_path, vault_path])
def test_a_flipped_bit_is_damage_and_no_other_process(
    tmp_path: Path, path_of: Callable[[Settings], Path], place: int
) -> None:
    """DuckDB's sentence about a damaged block has the letters of `lock` in it."""
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster())
    landed(company)
    content = bytearray(path_of(company).read_bytes())
    content[place] ^= 1
    path_of(company).write_bytes(content)
    with pytest.raises(JobError, match=r"is damaged; run again, .* restore a backup, or"):
        landed(company)


@pytest.mark.parametrize("name", ["TACIT_THREADS", "TACIT_MEMORY_LIMIT"])
def test_a_limit_that_is_none_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "plenty")
    with pytest.raises(UsageError, match=f"{name} is not"):
        connect(tmp_path / "one.duckdb")


def test_another_vault_than_the_warehouse_s_is_refused(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster())
    landed(company)
    vault_path(company).unlink()
    with pytest.raises(JobError, match="filled with another vault"):
        landed(company)


def test_a_warehouse_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster())
    landed(company)
    with closing(connect(warehouse_path(company))) as connection:
        connection.execute("insert into raw.migrations (number, name) values (9999, 'later')")
    with pytest.raises(JobError, match="made by a newer version of tacit"):
        landed(company)


@pytest.mark.parametrize(
    "spoil",
    [
        "update raw.files set records = records + 1",
        "delete from raw.interaction_csv_rows where line_number = 2",
        "insert into raw.quarantine values (1, 'line 9', 'bad_time')",
        "insert into raw.interaction_csv_rows from raw.interaction_csv_rows limit 1",
        "delete from raw.quarantine",
        "update raw.files set superseded_at = loaded_at",
        "delete from raw.files",
    ],
)
def test_whatever_does_not_add_up_is_found(tmp_path: Path, spoil: str) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}", f"a,c,{NOON}", "a,b,nonsense")})
    found = landed(a_company(tmp_path, some_mail()))
    assert found.unbalanced() == []
    with closing(connect(warehouse_path(found.settings))) as connection:
        connection.execute(spoil)
    [unbalanced] = found.unbalanced()
    assert unbalanced.file_id == 1


def test_check_says_the_fates_and_stores_nothing(tmp_path: Path) -> None:
    lines = [f"a,b,{NOON}", f"a,b,{NOON}", "a,b,nonsense", *["a"] * 5, f",b,{NOON}"]
    header = "From,target,occurred_at"
    write_all(tmp_path, {"mail.csv": mail_of(*lines, header=header), "hr.csv": ["person_id", "a"]})
    company = a_company(tmp_path, a_roster(), some_mail(columns={"source": "From"}))
    before = sorted(tmp_path.rglob("*"))
    hr, mail = check_files(company, now=NOW)
    assert sorted(tmp_path.rglob("*")) == before
    assert (hr.records, hr.would_load, hr.problem) == (1, 1, None)
    assert (mail.records, mail.would_load, mail.duplicate) == (9, 1, 1)
    assert mail.quarantined == {"bad_time": 1, "too_few_fields": 5, "empty_source": 1}
    assert mail.locators == {
        "bad_time": ["line 4"],
        "too_few_fields": ["line 5", "line 6", "line 7"],
        "empty_source": ["line 10"],
    }
    assert mail.columns == {"source": "From", "target": "target", "occurred_at": "occurred_at"}
    assert mail.is_balanced


def test_a_run_s_progress_is_in_bytes_of_each_file(tmp_path: Path) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}")})
    company = a_company(tmp_path, some_mail())
    told: list[tuple[str, int, int | None]] = []
    landing = Landing(company, "run", lambda *said: told.append(said), now=NOW)
    landing.preflight()
    landing.declare()
    landing.load("interaction_csv")
    size = (tmp_path / "mail.csv").stat().st_size
    assert told[-1] == ("load mail", size, size)


def test_a_clock_that_is_behind_does_not_lose_what_was_exported(tmp_path: Path) -> None:
    """Else all would be quarantined as to come, and the file known for ever."""
    write_all(tmp_path, {"hr.csv": ["person_id", "a", "b"], "mail.csv": mail_of(f"a,b,{NOON}")})
    exported = (NOW + timedelta(days=1)).replace(tzinfo=UTC).timestamp()
    os.utime(tmp_path / "mail.csv", (exported, exported))
    company = a_company(tmp_path, a_roster(), some_mail())
    behind = landed(company, now=datetime(2026, 1, 2))  # noqa: DTZ001 - UTC, as all times of runs
    assert behind.rows(FATES)[-1] == (1, 1, 0, 0)


def test_what_lies_after_clock_and_export_is_still_to_come(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a", "b"]})
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}", "a,b,2031-01-01 10:00")})
    exported = (NOW + timedelta(days=1)).replace(tzinfo=UTC).timestamp()
    os.utime(tmp_path / "mail.csv", (exported, exported))
    company = a_company(tmp_path, a_roster(), some_mail())
    found = landed(company)
    assert found.rows("select reason from raw.quarantine") == [("in_the_future",)]
    # A file's time that nobody can believe is not believed.
    os.utime(tmp_path / "mail.csv", (2**33, 2**33))
    other = a_company(tmp_path, a_roster(), some_mail(), data_dir="other")
    late = "2241-01-01 10:00"
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}", f"a,b,{late}")})
    os.utime(tmp_path / "mail.csv", (2**33, 2**33))
    assert landed(other).rows("select reason from raw.quarantine") == [("in_the_future",)]


def test_a_clock_that_was_never_set_is_a_sentence(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    landing = Landing(a_company(tmp_path, a_roster()), "run", now=datetime(1970, 1, 1))  # noqa: DTZ001
    with pytest.raises(JobError, match="The clock of this machine says 1970-01-01"):
        landing.preflight()
    assert not (tmp_path / "data").exists()
