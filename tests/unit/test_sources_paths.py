"""From the paths of `tacit.yml` to files: literal first, then patterns; a sentence for the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources.paths import files_of
from tests.harness.landed import a_company, some_mail, write_all


def found(folder: Path, *paths: str) -> list[str]:
    """The files that a source's paths name."""
    company = a_company(folder, some_mail(path=list(paths)))
    return [str(path.relative_to(folder)) for path in files_of(company, company.sources[0])]


def test_a_pattern_matches_files_by_name_each_once(tmp_path: Path) -> None:
    write_all(tmp_path, dict.fromkeys(("b.csv", "a.csv", "sub/c.csv", "notes.txt"), "x"))
    (tmp_path / "folder.csv").mkdir()
    assert found(tmp_path, "*.csv") == ["a.csv", "b.csv"]
    assert found(tmp_path, "**/*.csv", "b.csv", "./a.csv") == ["a.csv", "b.csv", "sub/c.csv"]


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    write_all(tmp_path, {"a.csv": "x"})
    (tmp_path / "b.csv").symlink_to("a.csv")
    assert found(tmp_path, "*.csv") == ["a.csv"]


@pytest.mark.parametrize("name", ["[z].csv", "what?.csv", "*.csv", 'o\'brien "x".csv', "a;b.csv"])
def test_a_name_that_is_there_is_taken_literally(tmp_path: Path, name: str) -> None:
    write_all(tmp_path, {name: "x", "z.csv": "x", "whatx.csv": "x"})
    assert found(tmp_path, name) == [name]


def test_a_path_is_relative_to_the_settings_and_may_be_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(tmp_path, {"home/a.csv": "x", "here/b.csv": "x"})
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert found(tmp_path, "here/b.csv", "~/a.csv") == ["home/a.csv", "here/b.csv"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("gone.csv", r"sources\[mail\]\.path: gone\.csv: no such file"),
        ("gone/*.csv", r"gone/\*\.csv matches no file"),
        ("folder", r"folder is a folder; write folder/\*\.csv to mean the files in it"),
        ("folder/", r"is a folder; write folder/\*\.csv"),
        ("loose.csv", r"is a link to a file that is not there"),
        ("pipe.csv", r"is no ordinary file"),
    ],
)
def test_what_is_no_file_gets_a_sentence(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loose.csv").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UsageError, match=sentence):
        found(tmp_path, path)
