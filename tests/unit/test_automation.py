"""When the job starts: what the sensor notices, what it leaves alone, and the schedule."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from dagster_pipelines.arrivals import exports
from dagster_pipelines.dagster_home import open_instance
from dagster_pipelines.defs.automation import JOB_NAME, SENSOR_NAME, schedule, sensor
from dagster_pipelines.defs.publish import publication_freshness
from dagster_pipelines.defs.raw import EXPORTS_TAG
from dagster_pipelines.errors import UsageError
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Schedule, Settings
from tests.harness.published import settings_in

Company = tuple[Settings, dg.DagsterInstance]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    settings = settings_in(tmp_path_factory.mktemp("company"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "environ", dict(os.environ))
        with open_instance(settings) as instance:
            yield settings, instance


@pytest.fixture
def settings(company: Company) -> Settings:
    (company[0].folder / "hr.csv").write_text("person_id\n1\n")
    return company[0]


@pytest.fixture
def instance(company: Company) -> dg.DagsterInstance:
    return company[1]


@pytest.fixture
def still(settings: Settings) -> Settings:
    """Take every file for one that has stood still: nobody can set back when one last changed."""
    return settings.model_copy(update={"schedule": Schedule(still_seconds=0)})


def evaluated(
    settings: Settings, instance: dg.DagsterInstance, cursor: str | None = None
) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(instance, cursor=cursor, sensor_name=SENSOR_NAME)
    outcome = sensor(settings)(context)
    assert isinstance(outcome, dg.SensorResult | dg.SkipReason)
    return outcome


def skipped(outcome: dg.SensorResult | dg.SkipReason) -> str:
    assert isinstance(outcome, dg.SkipReason)
    return outcome.skip_message or ""


def test_a_new_file_starts_the_job_once(still: Settings, instance: dg.DagsterInstance) -> None:
    first = evaluated(still, instance)
    assert isinstance(first, dg.SensorResult)
    assert len(first.run_requests or []) == 1
    assert skipped(evaluated(still, instance, first.cursor)) == "No file is new or has changed."


def test_a_changed_file_starts_the_job_again(still: Settings, instance: dg.DagsterInstance) -> None:
    before = exports(still).fingerprint
    (still.folder / "hr.csv").write_text("person_id\n2\n")
    outcome = evaluated(still, instance, before)
    assert isinstance(outcome, dg.SensorResult)
    assert outcome.cursor != before


def test_a_file_that_is_still_being_written_is_left_alone(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    assert skipped(evaluated(settings, instance)) == "A file is still being written."


def test_a_file_of_a_time_to_come_starts_the_job_when_it_was_as_it_is_at_the_look_before(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """The clock went back since, or somebody set the file's time: it must not wait for years."""
    file, to_come = settings.folder / "hr.csv", time.time() + 10**8
    os.utime(file, (to_come, to_come))
    first = evaluated(settings, instance, "started")
    assert isinstance(first, dg.SensorResult)
    assert not first.run_requests
    file.write_text("person_id\n1\n2\n")
    os.utime(file, (to_come, to_come))
    second = evaluated(settings, instance, first.cursor)
    assert isinstance(second, dg.SensorResult)
    assert not second.run_requests
    third = evaluated(settings, instance, second.cursor)
    assert isinstance(third, dg.SensorResult)
    assert len(third.run_requests or []) == 1
    assert skipped(evaluated(settings, instance, third.cursor)) == "No file is new or has changed."


def test_a_file_that_was_copied_with_an_old_time_counts_as_just_written(settings: Settings) -> None:
    os.utime(settings.folder / "hr.csv", (0, 0))
    assert exports(settings).still_seconds < settings.schedule.still_seconds


def test_nothing_starts_while_a_run_is_at_work(
    still: Settings, instance: dg.DagsterInstance
) -> None:
    with run_lock(still):
        assert skipped(evaluated(still, instance)) == "A run is at work."


def test_nothing_starts_while_a_run_waits(still: Settings, instance: dg.DagsterInstance) -> None:
    @dg.job
    def waiting() -> None:
        """Nothing; it only waits."""

    run = instance.create_run_for_job(waiting, status=dg.DagsterRunStatus.NOT_STARTED)
    try:
        assert skipped(evaluated(still, instance)) == "A run waits or is at work."
    finally:
        instance.delete_run(run.run_id)


def test_what_the_last_good_run_has_taken_starts_nothing(
    still: Settings, instance: dg.DagsterInstance
) -> None:
    found = exports(still).fingerprint

    @dg.job(name=JOB_NAME)
    def another() -> None:
        """Nothing; somebody else's run."""

    run = instance.create_run_for_job(another, status=dg.DagsterRunStatus.SUCCESS)
    instance.add_run_tags(run.run_id, {EXPORTS_TAG: found})
    try:
        assert skipped(evaluated(still, instance)) == "The last run has taken what there is."
        (still.folder / "hr.csv").write_text("person_id\n3\n")
        assert isinstance(evaluated(still, instance), dg.SensorResult)
    finally:
        instance.delete_run(run.run_id)


def test_a_source_without_files_is_a_reason_and_not_an_error(
    still: Settings, instance: dg.DagsterInstance
) -> None:
    (still.folder / "hr.csv").unlink()
    assert "`tacit check` says which" in skipped(evaluated(still, instance))


def test_the_cursor_names_no_file(still: Settings, instance: dg.DagsterInstance) -> None:
    outcome = evaluated(still, instance)
    assert isinstance(outcome, dg.SensorResult)
    assert outcome.cursor == exports(still).fingerprint
    assert "hr" not in outcome.cursor
    assert len(outcome.cursor) == 64


def test_the_schedule_asks_for_a_run_in_the_organisations_zone(
    company: Company,
) -> None:
    settings, instance = company
    organisation = settings.organisation.model_copy(update={"timezone": "Europe/Warsaw"})
    warsaw = settings.model_copy(update={"organisation": organisation})
    daily = schedule(warsaw)
    assert (daily.cron_schedule, daily.execution_timezone) == ("0 4 * * *", "Europe/Warsaw")
    assert isinstance(daily(dg.build_schedule_context(instance)), dg.RunRequest)


def test_the_schedule_waits_in_the_queue_while_a_run_is_at_work(
    company: Company,
) -> None:
    settings, instance = company
    with run_lock(settings):
        assert isinstance(schedule(settings)(dg.build_schedule_context(instance)), dg.RunRequest)


@pytest.mark.parametrize("cron", ["every day", "0 25 * * *", "", "0 4 * *"])
def test_a_wrong_cron_line_is_a_sentence(settings: Settings, cron: str) -> None:
    wrong = settings.model_copy(update={"schedule": Schedule(cron=cron)})
    with pytest.raises(UsageError, match=r"schedule\.cron: .* is not a cron line"):
        schedule(wrong)


@pytest.mark.parametrize(
    ("cron", "days"), [("0 4 * * *", 1), ("*/30 * * * *", 1), ("0 4 * * 1", 7), ("0 4 1 * *", 31)]
)
def test_a_publication_is_late_two_hours_after_its_turn(cron: str, days: int) -> None:
    policy = publication_freshness(Schedule(cron=cron))
    assert policy.warn_window.to_timedelta() == timedelta(days=days, hours=2)
    assert policy.fail_window.to_timedelta() == timedelta(days=2 * days, hours=2)
