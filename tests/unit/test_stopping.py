"""Signals: whoever is not gone in time is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dagster_pipelines.stopping import gone_in_time, is_interruption

ROOT = Path(__file__).resolve().parents[2]

# A process that swallows a signal, from the moment it says that it is ready, and goes on working.
DEAF = """
import time
from dagster_pipelines.stopping import as_keyboard_interrupt, gone_in_time

with as_keyboard_interrupt(), gone_in_time(grace_seconds=0.5):
    try:
        print("ready", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print("ignored", flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_ignores_a_signal_is_ended(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(timeout=20) == 128 + number
        assert process.stdout.read() == "ignored\n"


def test_a_block_that_has_ended_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), gone_in_time(grace_seconds=0.1):
        signal.raise_signal(signal.SIGINT)
    time.sleep(0.3)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_that_came_of_a_signal_is_known_by_what_it_came_of() -> None:
    """DuckDB answers a signal in the middle of a statement with an error of its own."""
    interrupted = RuntimeError("Query interrupted")
    interrupted.__context__ = KeyboardInterrupt()
    assert is_interruption(interrupted, (KeyboardInterrupt,))
    assert not is_interruption(RuntimeError(), (KeyboardInterrupt,))
    assert not is_interruption(None, (KeyboardInterrupt,))
