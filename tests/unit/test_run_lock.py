"""The run lock, between real processes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dagster_pipelines.errors import JobError
from dagster_pipelines.run_lock import holder, is_busy, lock_path, run_lock
from dagster_pipelines.settings import Settings
from tests.harness.published import settings_in

ROOT = Path(__file__).resolve().parents[2]

HOLDER = """
import sys, time
from pathlib import Path
from dagster_pipelines.run_lock import run_lock
from tests.harness.published import settings_in

with run_lock(settings_in(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@contextmanager
def held_by_another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_busy_lock_is_a_sentence_that_names_the_process(settings: Settings) -> None:
    with held_by_another_process(settings.folder) as process:
        began = time.monotonic()
        with (
            pytest.raises(JobError, match=rf"since .* UTC, process {process.pid}"),
            run_lock(settings, patience_seconds=0.2),
        ):
            pass
        assert time.monotonic() - began < 5
        assert is_busy(settings)


def test_the_lock_of_a_process_that_was_killed_is_free(settings: Settings) -> None:
    with held_by_another_process(settings.folder) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with run_lock(settings):
            who = holder(settings)
            assert who is not None
            assert who.process == os.getpid()
    assert not is_busy(settings)


def test_whoever_waits_gets_a_lock_that_is_held_for_a_moment(settings: Settings) -> None:
    with held_by_another_process(settings.folder) as process:
        subprocess.Popen(["/bin/sh", "-c", f"sleep 0.3; kill -9 {process.pid}"])
        with run_lock(settings, patience_seconds=30):
            pass


def test_the_lock_is_not_reentrant(settings: Settings) -> None:
    with (
        run_lock(settings),
        pytest.raises(JobError, match="Another run is at work"),
        run_lock(settings, patience_seconds=0),
    ):
        pass


def test_a_child_process_does_not_inherit_the_lock(settings: Settings) -> None:
    with run_lock(settings):
        child = subprocess.Popen(["/bin/sleep", "60"], close_fds=False)
    try:
        # It lets go when it begins to be another program, a moment after it was started.
        with run_lock(settings, patience_seconds=5):
            assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_looking_leaves_no_trace(settings: Settings) -> None:
    assert not is_busy(settings)
    assert not lock_path(settings).exists()
    assert holder(settings) is None


def test_an_illegible_lock_file_is_no_matter(settings: Settings) -> None:
    with run_lock(settings):
        pass
    lock_path(settings).write_text("{")
    assert holder(settings) is None
    with run_lock(settings):
        assert holder(settings) is not None


def test_only_its_owner_reads_the_lock_file(settings: Settings) -> None:
    with run_lock(settings):
        assert stat.S_IMODE(lock_path(settings).stat().st_mode) == 0o600
