"""`tacit check`: the fate of each record before anything is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_pipelines import cli

CONFIG = """\
data_dir: data
sources:
  - {name: hr, format: roster_csv, path: hr.csv}
  - {name: mail, format: interaction_csv, path: "mail-*.csv", channel: email}
privacy: {key_file: key}
"""

HEADER = "source,target,occurred_at\n"


@pytest.fixture(autouse=True)
def _company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company with one good mail log and one that is partly unreadable."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TACIT_CONFIG", raising=False)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    (tmp_path / "hr.csv").write_text("person_id\nE1\nE2\n")
    (tmp_path / "mail-1.csv").write_text(f"{HEADER}E1,E2,2026-03-02T10:00:00Z\n" * 1)
    bad = "".join(f"E1,E2,2026-02-3{number}T10:00:00Z\n" for number in range(5))
    (tmp_path / "mail-2.csv").write_text(f"{HEADER}{bad}E1\n")


def test_check_says_what_would_load_and_where_what_would_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert cli.run(["check"]) == 0
    said = capsys.readouterr().out
    assert "5: the time is missing, does not exist" in said
    assert "(line 2, line 3, line 4, …)" in said
    assert "1: the record has fewer fields than the header (line 7)" in said
    assert sorted(tmp_path.iterdir()) == before


def test_check_of_one_file_reads_only_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["check", "mail-1.csv"]) == 0
    said = capsys.readouterr().out
    assert "mail-1.csv" in said
    assert "mail-2.csv" not in said


def test_a_file_of_no_source_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.csv").write_text(HEADER)
    assert cli.run(["check", "other.csv"]) == 2
    assert "other.csv is a file of no source" in capsys.readouterr().err


def test_a_file_that_cannot_be_used_is_status_2_and_the_others_are_still_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mail-1.csv").write_text("from,to\na,b\n")
    assert cli.run(["check"]) == 2
    said = capsys.readouterr().out
    assert "sources[mail]: mail-1.csv" in said
    assert "has no column" in said or "expected name" in said
    assert "5: the time is missing" in said
