"""What holds for every test of the run."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile

import pytest

from tests.harness.once import VARIABLE


def pytest_configure(config: pytest.Config) -> None:
    """Hear Ctrl-C, and let children hear it: behind `&` in a script, all of us would be deaf.

    And make the folder of the run, which the processes that run tests inherit.
    """
    # As dbt in the job has it: several processes share the processors here, too.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="test-run-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of the run."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(VARIABLE))
