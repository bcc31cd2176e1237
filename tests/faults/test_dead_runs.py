"""A run that was killed: Dagster does not notice, and keeps its place for it. The next run does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin

from dagster_pipelines import dagster_home
from dagster_pipelines.dagster_home import (
    WRITERS,
    open_instance,
    recover_dead_runs,
    recover_if_idle,
)
from dagster_pipelines.errors import JobError
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from tests.harness.published import settings_in

ROOT = Path(__file__).resolve().parents[2]

# A run that has a slot of the pool, and the lock, until somebody kills it.
VICTIM = """
import sys, time
from pathlib import Path
import dagster as dg
from dagster_pipelines.dagster_home import WRITERS, open_instance
from dagster_pipelines.run_lock import run_lock
from tests.harness.published import settings_in

@dg.op(pool=WRITERS)
def write():
    print("writing", flush=True)
    time.sleep(60)

@dg.job
def victim():
    write()

settings = settings_in(Path(sys.argv[1]))
with open_instance(settings) as instance, run_lock(settings):
    victim.execute_in_process(instance=instance)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return settings_in(tmp_path)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as instance:
        yield instance


@pytest.fixture
def victim(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(settings.folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "writing\n"
        yield process
        process.kill()


def holders(instance: dg.DagsterInstance) -> set[str]:
    pool = instance.event_log_storage.get_concurrency_info(WRITERS)
    return {slot.run_id for slot in pool.claimed_slots}


def test_a_killed_run_is_marked_as_failed_and_its_slot_is_free(
    victim: subprocess.Popen[str], settings: Settings, instance: dg.DagsterInstance
) -> None:
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    [run] = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED
    assert holders(instance) == {run.run_id}

    with run_lock(settings):
        assert recover_dead_runs(instance) == [run.run_id]

    [run] = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert holders(instance) == set()
    began = time.monotonic()
    assert next_writer().execute_in_process(instance=instance).success
    assert time.monotonic() - began < 20


def test_a_live_run_is_left_alone(
    victim: subprocess.Popen[str], settings: Settings, instance: dg.DagsterInstance
) -> None:
    with pytest.raises(JobError, match=f"process {victim.pid}"):
        recover_if_idle(settings, instance)
    [run] = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED
    assert holders(instance) == {run.run_id}


def test_a_run_with_a_living_process_is_given_a_moment_and_no_more(
    victim: subprocess.Popen[str], instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers of processes are given out again: after a while the silence decides."""
    [run] = instance.get_runs()
    assert recover_dead_runs(instance) == []
    monkeypatch.setattr(dagster_home, "_GRACE", -dagster_home._GRACE)
    assert recover_dead_runs(instance, own_run_id=run.run_id) == []
    assert recover_dead_runs(instance) == [run.run_id]
    assert victim.poll() is None


def test_a_sign_of_life_from_the_future_is_none(
    victim: subprocess.Popen[str], instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock went back by years, and the dead run's number was given to another process."""
    [run] = instance.get_runs()
    monkeypatch.setattr(dagster_home, "datetime", clock_of(2020))
    assert recover_dead_runs(instance) == [run.run_id]
    assert victim.poll() is None


def clock_of(year: int) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(year, 1, 1, tzinfo=tz)

    return Clock


def test_the_slot_of_a_run_that_was_marked_by_hand_is_freed(
    victim: subprocess.Popen[str], instance: dg.DagsterInstance
) -> None:
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    [run] = instance.get_runs()
    instance.report_run_failed(run)
    assert recover_dead_runs(instance) == []
    assert holders(instance) == set()


def test_a_run_that_waits_in_the_queue_is_not_dead(instance: dg.DagsterInstance) -> None:
    location = RegisteredCodeLocationOrigin("tacit")
    run = instance.create_run_for_job(
        next_writer(),
        status=dg.DagsterRunStatus.QUEUED,
        remote_job_origin=RemoteRepositoryOrigin(location, "tacit").get_job_origin("another"),
        job_code_origin=None,
    )
    assert recover_dead_runs(instance) == []
    assert [one.run_id for one in instance.get_runs()] == [run.run_id]
    assert instance.get_runs()[0].status == dg.DagsterRunStatus.QUEUED


def next_writer() -> dg.JobDefinition:
    @dg.op(pool=WRITERS)
    def write_again() -> None:
        """Take the slot for a moment."""

    @dg.job
    def another() -> None:
        write_again()

    return another
