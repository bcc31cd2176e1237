"""One run: what is tried again, that it waits for its turn, what it keeps until it has ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_pipelines.defs import resources
from dagster_pipelines.defs.reporting import read_failure
from dagster_pipelines.defs.resources import PUT_BACK_TAG, WAITING_TAG, OneRun, retries
from dagster_pipelines.errors import JobError, PassingError, UsageError
from dagster_pipelines.run_lock import is_busy, run_lock
from dagster_pipelines.safekeeping import is_damaged
from dagster_pipelines.settings import Schedule, Settings
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import prepare_folders, vault_path
from tests.harness.damage import begun_and_killed, tear
from tests.harness.published import settings_in


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return settings_in(tmp_path)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """One on the disk: one in memory cannot be asked by two threads at once."""
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        yield instance


@dg.job
def nothing() -> None:
    """Nothing; its record is what a waiting run has."""


def test_the_second_pause_is_twice_as_long_as_the_first() -> None:
    policy = retries(Schedule(retry_seconds=40))
    assert policy.max_retries == 2
    assert [policy.calculate_delay(attempt) for attempt in (1, 2)] == [40, 80]


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [
        (PassingError("Another process has it open."), True),
        (OSError("a share did not answer"), True),
        (JobError("The disk is full."), False),
        (UsageError("sources[hr] has no column 'ID'."), False),
    ],
)
@pytest.mark.parametrize("is_watched", [False, True])
def test_what_may_pass_is_tried_again_where_nobody_watches(
    settings: Settings,
    instance: dg.DagsterInstance,
    error: Exception,
    is_tried_again: bool,
    is_watched: bool,
) -> None:
    with (
        OneRun(settings, "run", instance, is_watched=is_watched) as run,
        pytest.raises(dg.Failure) as failed,
        run.step("load"),
    ):
        raise error
    assert failed.value.allow_retries == (is_tried_again and not is_watched)
    assert "share" not in (failed.value.description or "")


def test_the_last_failure_of_a_step_is_final_and_keeps_its_sentence(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """As Dagster records it: the sentence is read off the event by whoever reports it."""

    @dg.op(retry_policy=retries(Schedule(retry_seconds=1)), required_resource_keys={"run"})
    def load(context) -> None:  # Dagster reads annotations, and these are texts
        with context.resources.run.step("load"):
            raise PassingError("Another process has it open.")

    @dg.job
    def loading() -> None:
        load()

    os.environ["DAGSTER_REDACT_USER_CODE_ERRORS"] = "1"
    with OneRun(settings, "run", instance) as run:
        outcome = loading.execute_in_process(
            instance=instance, resources={"run": run}, raise_on_error=False
        )
    kinds = [event.event_type_value for event in outcome.all_events]
    assert kinds.count("STEP_UP_FOR_RETRY") == 2
    reported = read_failure(settings, instance, outcome.run_id)
    assert (reported.step, reported.reason) == ("load", "Another process has it open.")


def test_a_run_that_waits_gives_signs_of_life_and_goes_on_when_the_lock_is_free(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_SIGN_OF_LIFE_SECONDS", 0.1)
    record = instance.create_run_for_job(nothing)
    began = threading.Event()

    def wait() -> None:
        with OneRun(settings, record.run_id, instance) as run:
            run.wait_for_turn(patience_seconds=60)
            assert is_busy(settings)
            began.set()

    with run_lock(settings):
        waiting = threading.Thread(target=wait)
        waiting.start()
        deadline = threading.Event()
        for _ in range(100):
            if WAITING_TAG in instance.get_run_by_id(record.run_id).tags:
                break
            deadline.wait(0.1)
        assert WAITING_TAG in instance.get_run_by_id(record.run_id).tags
        assert not began.is_set()
    assert began.wait(30)
    waiting.join()
    assert not is_busy(settings)


def test_at_the_end_of_its_patience_the_first_step_says_that_the_lock_is_busy(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    record = instance.create_run_for_job(nothing)
    with run_lock(settings), OneRun(settings, record.run_id, instance) as run:
        run.wait_for_turn(patience_seconds=0.2)
        with pytest.raises(dg.Failure) as failed, run.step("load"):
            pytest.fail("the step was begun without the lock")
    assert "Another run is at work" in (failed.value.description or "")


def test_a_source_is_named_without_its_file_where_nobody_watches(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    with (
        OneRun(settings, "run", instance, is_watched=True) as watched,
        pytest.raises(UsageError, match=r"hr\.csv"),
    ):
        watched.check_sources()
    with (
        OneRun(settings, "run", instance) as unwatched,
        pytest.raises(UsageError, match=r"^sources\[hr\] cannot be read") as refused,
    ):
        unwatched.check_sources()
    assert "hr.csv" not in str(refused.value)


def kept(settings: Settings) -> bool:
    return (settings.data_path / "kept").exists()


@pytest.fixture
def vault(settings: Settings) -> Path:
    """A vault that holds somebody."""
    prepare_folders(settings)
    with Vault.open(settings) as vault:
        vault.resolve(["ann@example.org"])
    return vault_path(settings)


def test_what_a_killed_run_has_damaged_the_next_one_puts_back_and_says_so(
    settings: Settings, instance: dg.DagsterInstance, vault: Path
) -> None:
    begun_and_killed(settings)
    tear(vault)
    said: list[str] = []
    record = instance.create_run_for_job(nothing)
    with (
        OneRun(settings, record.run_id, instance, lambda stage, *_: said.append(stage)) as run,
        run.step("load"),
        Vault.open(settings) as opened,
    ):
        assert opened.look_up(["ann@example.org"]) != [None]
    assert said == ["Put back what a run that was killed had damaged"]
    noted = instance.get_run_by_id(record.run_id)
    assert noted is not None
    assert PUT_BACK_TAG in noted.tags
    assert not kept(settings)


def test_a_step_that_damages_and_fails_leaves_what_was_before(
    settings: Settings, instance: dg.DagsterInstance, vault: Path
) -> None:
    """As dbt does when it is killed for its memory, and the run lives."""

    def work() -> None:
        with OneRun(settings, "run", instance) as run, run.step("load"):
            assert kept(settings)
            tear(vault)
            raise JobError("dbt was killed.")

    with pytest.raises(dg.Failure):
        work()
    assert not is_damaged(vault)
    assert not kept(settings)


def test_a_run_that_is_told_to_stop_leaves_the_look_to_the_next(
    settings: Settings, instance: dg.DagsterInstance, vault: Path
) -> None:
    def work() -> None:
        with OneRun(settings, "run", instance) as run, run.step("load"):
            tear(vault)
            raise KeyboardInterrupt

    with pytest.raises(dg.Failure):
        work()
    assert kept(settings)
    # One of the command line: it begins before Dagster knows of it.
    with OneRun(settings, "next", instance) as run, run.step("load"):
        assert not is_damaged(vault)
    assert not kept(settings)
