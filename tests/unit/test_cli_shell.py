"""`tacit shell`: questions in SQL on what is published."""

from __future__ import annotations

import builtins
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dagster_pipelines import publication
from dagster_pipelines.cli import run
from tests.harness.published import with_guarded_tables

CONFIG = """
sources: [{name: hr, format: roster_csv, path: hr.csv}]
privacy: {key_file: key}
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A company with something published, in the folder in which commands are typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TACIT_CONFIG", raising=False)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    settings = with_guarded_tables(tmp_path)
    publication.promote(publication.write_candidate(settings, "run"))
    return tmp_path


def typing(lines: list[str]) -> Callable[[str], str]:
    """What stands in for somebody who types these lines and then ends."""
    left = iter(lines)

    def answer(_prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return answer


def test_one_question_is_answered(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["shell", "-c", "select people + 1000 as known from bi.release"]) == 0
    said = capsys.readouterr().out
    assert "known" in said
    assert "1027" in said


def test_a_question_that_cannot_be_answered_is_a_sentence(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["shell", "-c", "from bi.people"]) == 1
    said = capsys.readouterr()
    assert "Table with name people does not exist" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_conversation(
    company: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["", ".tables", ".columns bi.release"]
    lines += ["select", "  weeks * 100 + 42 as made", "from bi.release;"]
    lines += [".what", "from nothing;", "select 7 * 6 as last;", ".quit", "select 1 as never;"]
    monkeypatch.setattr(builtins, "input", typing(lines))
    assert run(["shell"]) == 0
    said, problems = capsys.readouterr()
    for words in ("gen-0", "segment_weeks", "min_group_size", "342", ".columns TABLE", "42"):
        assert words in said, words
    assert "nothing does not exist" in problems
    assert "never" not in said


def test_nothing_published_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    assert run(["shell", "-c", "select 1"]) == 1
    assert "Nothing is published yet; `tacit run` publishes." in capsys.readouterr().err


def test_a_publication_that_is_gone_or_does_not_open_is_a_sentence(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generation = (company / "data/published/current").resolve()
    database = generation / publication.DATABASE
    database.chmod(0o644)
    # Where DuckDB says of which version a file is.
    written = bytearray(database.read_bytes())
    written[12] = 0xFF
    database.write_bytes(written)
    assert run(["shell", "-c", "select 1"]) == 1
    assert f"{generation.name} does not open" in capsys.readouterr().err
    shutil.rmtree(generation)
    assert run(["shell", "-c", "select 1"]) == 1
    said = capsys.readouterr().err
    assert f"{generation.name} is what is published, and it is not there" in said
