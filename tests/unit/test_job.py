"""What a run's outcome is in sentences."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from dagster_pipelines import job
from dagster_pipelines.causes import FULL_DISK
from dagster_pipelines.defs.resources import STOPPED, OneRun
from dagster_pipelines.defs.transform import _failure_sentence
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.job import FailedCheck
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from tests.harness.published import settings_in


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return settings_in(tmp_path)


@pytest.fixture
def run(settings: Settings) -> Iterator[OneRun]:
    with dg.DagsterInstance.ephemeral() as instance, OneRun(settings, "run", instance) as run:
        yield run


def outcome(*checks: dg.AssetCheckEvaluation, success: bool = False) -> Any:
    return SimpleNamespace(success=success, get_asset_check_evaluations=lambda: list(checks))


def failed(name: str, **more: Any) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(["marts", "fct_ties"]),
        check_name=name,
        passed=False,
        **{"metadata": {}, **more},
    )


def test_a_test_of_dbt_says_how_many_rows_break_it(settings: Settings, run: OneRun) -> None:
    rows = {"dagster_dbt/failed_row_count": dg.MetadataValue.int(3)}
    run.failures["dbt"] = JobError(_failure_sentence([]))
    result = job._result(settings, run, outcome(failed("ties_are_symmetric", metadata=rows)))
    assert result.outcome == "failed"
    assert result.failed_checks == [
        FailedCheck("ties_are_symmetric", "marts.fct_ties", "3 rows break it.")
    ]
    assert result.errors == []


def test_a_check_that_says_its_table_is_told_by_it(settings: Settings, run: OneRun) -> None:
    said = failed(
        "segment_weeks__has_rows",
        description="The coverage has no weeks.",
        metadata={"table": dg.MetadataValue.text("segment_weeks")},
    )
    result = job._result(settings, run, outcome(said))
    assert result.failed_checks == [
        FailedCheck("segment_weeks__has_rows", "segment_weeks", "The coverage has no weeks.")
    ]


def test_a_warning_stops_nothing(settings: Settings, run: OneRun) -> None:
    warned = failed("rather_many_unknown", severity=dg.AssetCheckSeverity.WARN)
    result = job._result(settings, run, outcome(warned, success=True))
    assert result.succeeded
    assert result.failed_checks == []


def test_a_model_that_could_not_be_built_is_named(settings: Settings, run: OneRun) -> None:
    run.failures["dbt"] = JobError(_failure_sentence(["int_ties", "fct_ties", "fct_person_weeks"]))
    [sentence] = job._result(settings, run, outcome()).errors
    assert sentence.startswith("dbt could not build int_ties and 2 more")


def test_a_full_disk_is_said_even_where_checks_failed_of_it(
    settings: Settings, run: OneRun
) -> None:
    run.failures["dbt"] = JobError(_failure_sentence(["int_ties"], FULL_DISK))
    result = job._result(settings, run, outcome(failed("ties_are_symmetric")))
    assert result.errors == [f"The models could not be built: {FULL_DISK}."]


def test_nothing_of_dagster_reaches_the_console_whoever_configures_logging(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`logging.config` enables the loggers that it finds."""
    # Whoever has loaded the definitions has silenced it for good.
    monkeypatch.setattr(logging.getLogger("dagster.redacted_errors"), "filters", [])
    with job._quiet():
        for name in ("dagster", "dagster.redacted_errors", "dagster-dbt"):
            logging.getLogger(name).disabled = False
            logging.getLogger(name).error("a traceback")
    logging.getLogger("dagster.redacted_errors").error("heard again")
    assert caplog.messages == ["heard again"]


def test_a_stopped_run_says_so(settings: Settings, run: OneRun) -> None:
    run.is_stopped = True
    run.failures["dbt"] = JobError(STOPPED)
    result = job._result(settings, run, outcome())
    assert (result.outcome, result.errors) == ("stopped", [STOPPED])


def test_an_unusable_source_that_is_found_late_is_still_the_users_mistake(
    settings: Settings, run: OneRun
) -> None:
    run.failures["roster_csv"] = UsageError("sources[hr]: hr.csv ends within a quote.")
    with pytest.raises(UsageError, match="ends within a quote"):
        job._result(settings, run, outcome())


def test_a_missing_export_is_said_before_anything_else_is_done(settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"hr\.csv"):
        job.run_job(settings)
    assert not list(settings.data_path.glob("dbt/*"))


def test_a_busy_lock_is_said_before_anything_else_is_done(settings: Settings) -> None:
    with run_lock(settings), pytest.raises(JobError, match="Another run is at work"):
        job.run_job(settings)
