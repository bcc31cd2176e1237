"""Runs that failed: one sentence each, written down once, told to whoever is to be told."""

from __future__ import annotations

import os
import stat
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dagster_pipelines import cli, failure_log
from dagster_pipelines.command_line import actions
from dagster_pipelines.command_line.runs import PastRun, unmended
from dagster_pipelines.errors import JobError, PassingError, UsageError
from dagster_pipelines.failure_log import (
    Failure,
    failure,
    failures,
    failures_path,
    notify,
    report,
    write_down,
)
from dagster_pipelines.job import FailedCheck, JobResult
from dagster_pipelines.settings import Notify, Settings
from tests.harness.published import settings_in

NIGHT = datetime(2026, 3, 1, 4, 10, tzinfo=UTC)
HEARD = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    settings.data_path.mkdir()
    return settings


def failed(run_id: str = "run", **more: object) -> Failure:
    said = {"step": "dbt_models", "reason": "It rained.", "published": "gen-1", **more}
    return Failure(run_id, NIGHT, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            failed(),
            "The run that ended at 2026-03-01 04:10 UTC failed in its step dbt_models: It rained;"
            " gen-1 stays published.",
        ),
        (
            failed(step=None, published=None),
            "The run that ended at 2026-03-01 04:10 UTC failed: It rained; nothing is published.",
        ),
    ],
)
def test_the_sentence_says_when_where_why_and_what_stays(one: Failure, sentence: str) -> None:
    assert one.sentence == sentence


def test_what_is_written_down_is_read_again_and_the_owners_own(settings: Settings) -> None:
    assert failures(settings) == []
    assert write_down(settings, failed("one"))
    assert write_down(settings, failed("two", step=None, published=None))
    assert failures(settings) == [failed("one"), failed("two", step=None, published=None)]
    assert stat.S_IMODE(failures_path(settings).stat().st_mode) == 0o600


def test_a_line_that_is_not_whole_hides_no_other(settings: Settings) -> None:
    write_down(settings, failed("one"))
    with failures_path(settings).open("a") as file:
        file.write('{"run_id": "half\n[]\n')
    write_down(settings, failed("two"))
    assert [one.run_id for one in failures(settings)] == ["one", "two"]


def test_only_the_last_failures_are_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failure_log, "KEPT", 3)
    for number in range(5):
        write_down(settings, failed(str(number)))
    assert [one.run_id for one in failures(settings)] == ["2", "3", "4"]


def test_a_run_is_reported_once_and_its_sentence_told(settings: Settings) -> None:
    told = settings.folder / "told.txt"
    command = Notify(command=[sys.executable, "-c", HEARD, str(told)])
    settings = settings.model_copy(update={"notify": command})
    assert report(settings, failed()) == [failed().sentence]
    assert report(settings, failed()) == []
    assert told.read_text() == f"{failed().sentence}\n"


def test_words_of_the_command_are_no_shells(tmp_path: Path) -> None:
    told = tmp_path / "a b; touch c"
    assert notify(Notify(command=[sys.executable, "-c", HEARD, str(told)]), "It rained.") is None
    assert told.read_text() == "It rained.\n"
    assert [path.name for path in tmp_path.iterdir()] == [told.name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-program-here"], "cannot be started"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "ended with status 3"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "took longer than 1 s"),
    ],
)
def test_a_command_that_fails_is_said_and_stops_nothing(words: list[str], said: str) -> None:
    began = time.monotonic()
    problem = notify(Notify(command=words, timeout_seconds=1), "It rained.")
    assert problem is not None
    assert said in problem
    assert time.monotonic() - began < 30


def test_a_failure_is_mended_by_a_run_that_published_after_it() -> None:
    def run(hours: int, outcome: str) -> PastRun:
        return PastRun(NIGHT + timedelta(hours=hours), 60.0, outcome)

    assert unmended([], []) is None
    assert unmended([failed()], []) == failed()
    assert unmended([failed()], [run(-1, "published")]) == failed()
    assert unmended([failed()], [run(1, "failed"), run(-1, "published")]) == failed()
    assert unmended([failed()], [run(2, "failed"), run(1, "published")]) is None


# `tacit run --unattended`

SETTINGS = """\
sources:
  - {name: hr, format: roster_csv, path: exports/hr zanarie.csv}
privacy: {key_file: key}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    (tmp_path / "tacit.yml").write_text(SETTINGS)
    (tmp_path / "data").mkdir()
    return tmp_path / "tacit.yml"


def test_a_source_that_cannot_be_read_is_reported_without_its_file(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["run", "--quiet", "--unattended"]) == 2
    [reported] = failures(actions.load_settings(config))
    assert reported.reason.startswith("sources[hr] cannot be read as tacit.yml says")
    said = capsys.readouterr()
    assert reported.sentence in said.err
    assert (
        "zanarie"
        not in said.out + said.err + failures_path(actions.load_settings(config)).read_text()
    )


def test_whoever_watches_is_told_the_file_and_nothing_is_written_down(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["run", "--quiet"]) == 2
    assert "hr zanarie.csv" in capsys.readouterr().err
    assert failures(actions.load_settings(config)) == []


def test_a_check_that_does_not_hold_is_the_reason_that_is_reported(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = FailedCheck("has_rows", "segment_weeks", "The coverage has no weeks.")
    result = JobResult("failed", "run", None, failed_checks=[check], step="checks")
    monkeypatch.setattr("dagster_pipelines.job.run_job", lambda *_, **__: result)
    monkeypatch.setattr(actions, "checks_of", lambda *_: {True: 0, False: 1})
    assert cli.run(["run", "--quiet", "--unattended"]) == 1
    [reported] = failures(actions.load_settings(config))
    assert (reported.run_id, reported.step) == ("run", "checks")
    assert reported.reason == "Check has_rows of segment_weeks: The coverage has no weeks."


def test_a_failure_now_names_the_generation_that_stays(settings: Settings) -> None:
    generation = settings.data_path / "published/gen-7"
    generation.mkdir(parents=True)
    assert failure(settings, "run", None, "It rained.").published is None
    (settings.data_path / "published/current").symlink_to("gen-7")
    assert failure(settings, "run", None, "It rained.").published == "gen-7"


def test_what_may_pass_is_a_failure_of_the_job_and_no_mistake_of_a_user() -> None:
    assert issubclass(PassingError, JobError)
    assert not issubclass(PassingError, UsageError)
