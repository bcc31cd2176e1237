"""Who is who: only from the exports, only with the key, into a file for one pair of eyes."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from dagster_pipelines import cli, identities
from dagster_pipelines.landing import Landing
from dagster_pipelines.settings import Settings, load_settings

CONFIG = """\
organisation: {domains: [example.org]}
data_dir: data
sources:
  - {name: hr, format: roster_csv, path: hr.csv}
  - {name: mail, format: interaction_csv, path: mail.csv, channel: email}
privacy: {key_file: key}
"""

ROSTER = """\
person_id,email,alternate_ids
E1,ann@example.org,"a.smith@example.org; asmith"
E2,bob@example.org,
"""

MAIL = """\
source,target,occurred_at
Ann <ANN@example.org>,bob@example.org,2026-03-02T10:00:00Z
asmith,office@example.org,2026-03-02T11:00:00Z
bob@example.org,eve@example.com,2026-03-02T12:00:00Z
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A company of two whose exports are loaded, in the folder that we are in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TACIT_CONFIG", raising=False)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    (tmp_path / "hr.csv").write_text(ROSTER)
    (tmp_path / "mail.csv").write_text(MAIL)
    settings = load_settings(tmp_path / "tacit.yml")
    landing = Landing(settings, "run")
    landing.preflight()
    landing.declare()
    landing.load("roster_csv")
    landing.load("interaction_csv")
    landing.map_identities()
    return settings


def exported(path: Path) -> list[tuple[str, str]]:
    """Return source and identifier of an export, in its order."""
    with path.open(newline="") as file:
        return [(row["source"], row["identifier"]) for row in csv.DictReader(file)]


def test_export_names_everybody_and_only_its_owner_may_read_it(
    settings: Settings, tmp_path: Path
) -> None:
    previous = os.umask(0)
    try:
        assert cli.run(["identities", "export", "who.csv"]) == 0
    finally:
        os.umask(previous)
    path = tmp_path / "who.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().splitlines()[0] == "source,identifier,person_id"
    assert exported(path) == [
        *(("hr", "E1"), ("hr", "E2"), ("hr", "a.smith@example.org"), ("hr", "ann@example.org")),
        *(("hr", "asmith"), ("hr", "bob@example.org"), ("mail", "ann@example.org")),
        *(("mail", "asmith"), ("mail", "bob@example.org"), ("mail", "eve@example.com")),
        ("mail", "office@example.org"),
    ]


def test_all_identifiers_of_a_person_have_one_person_id(settings: Settings) -> None:
    rows = identities.everybody(settings).rows
    people: dict[int, set[str]] = {}
    for row in rows:
        people.setdefault(row["person_id"], set()).add(row["identifier"])
    assert {"E1", "ann@example.org", "a.smith@example.org", "asmith"} in people.values()
    assert {"E2", "bob@example.org"} in people.values()
    assert {"eve@example.com"} in people.values()


def test_whois_lists_the_identifiers_of_a_person(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = identities.everybody(settings).rows
    [person_id] = {row["person_id"] for row in rows if row["identifier"] == "asmith"}
    assert cli.run(["identities", "whois", str(person_id)]) == 0
    said = capsys.readouterr().out
    assert "a.smith@example.org" in said
    assert "hr, mail" in said
    assert "bob" not in said


def test_whois_of_nobody_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["identities", "whois", "1"]) == 1
    assert "No identifier in these exports belongs to 1." in capsys.readouterr().err


def test_unresolved_are_our_own_that_are_nobodys_not_externals(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["identities", "unresolved"]) == 0
    said = capsys.readouterr().out
    assert "office@example.org" in said
    assert "eve@example.com" not in said
    assert "ann@example.org" not in said


def test_only_the_source_that_is_named_is_read(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "mail.csv").unlink()
    assert cli.run(["identities", "export", "who.csv", "--source", "hr"]) == 0
    assert {source for source, _ in exported(tmp_path / "who.csv")} == {"hr"}


def test_an_unknown_source_is_status_2(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["identities", "unresolved", "--source", "chat"]) == 2
    assert "no source 'chat'; tacit.yml has hr, mail." in capsys.readouterr().err


def test_a_missing_file_is_named(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mail.csv").unlink()
    assert cli.run(["identities", "unresolved"]) == 2
    assert "mail.csv: no such file" in capsys.readouterr().err


def test_what_is_not_loaded_yet_is_said_and_not_stored(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "mail.csv").open("a") as file:
        file.write("new@example.org,bob@example.org,2026-03-03T10:00:00Z\n")
    for _ in range(2):
        assert cli.run(["identities", "unresolved"]) == 0
        said = capsys.readouterr()
        assert "1 identifier is not loaded yet" in said.err
        assert "new@example.org" not in said.out


def test_without_the_key_nobody_is_named(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").unlink()
    assert cli.run(["identities", "export", "who.csv"]) == 2
    assert "key" in capsys.readouterr().err
    assert not (tmp_path / "who.csv").exists()
    assert not (tmp_path / "key").exists()


def test_a_file_that_is_there_is_never_overwritten(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "who.csv").write_text("mine")
    assert cli.run(["identities", "export", "who.csv"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "who.csv").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["identities", "export", "nowhere/who.csv"]) == 2
    assert "cannot be written" in capsys.readouterr().err
