"""The whole job in this process: what `tacit run` does, and what came of it.

Here belongs starting the one job and telling its outcome in sentences. What the job consists of
belongs in `defs`; the schedule and the sensor start the same job in a process of Dagster's.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import dagster as dg

from dagster_pipelines import publication
from dagster_pipelines.dagster_home import open_instance
from dagster_pipelines.defs import build_defs
from dagster_pipelines.defs.automation import JOB_NAME
from dagster_pipelines.defs.resources import OneRun, Progress, Stopped
from dagster_pipelines.errors import TacitError, UsageError
from dagster_pipelines.settings import Settings

if TYPE_CHECKING:
    from dagster_pipelines.landing import Receipt

Outcome = Literal["published", "failed", "stopped"]

# Dagster writes what happens into its storage; these would write it on the console as well.
_CHATTERERS = ("dagster", "dagster.redacted_errors", "dagster.builtin", "dagster_dbt")


@dataclass(frozen=True)
class FailedCheck:
    """A check that stopped the job: its name, the table it is about, and what it found."""

    name: str
    table: str
    sentence: str


@dataclass(frozen=True)
class JobResult:
    """What came of a run.

    `published` is the generation that is published now, by this run or by an earlier one; None
    while there is none. `errors` says what went wrong apart from checks, a sentence each.
    `durations` are the seconds of each step that was begun, in their order.
    """

    outcome: Outcome
    run_id: str
    published: Path | None
    failed_checks: list[FailedCheck] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether this run published what it computed."""
        return self.outcome == "published"


def run_job(settings: Settings, progress: Progress | None = None) -> JobResult:
    """Load, compute, check and publish, all in this process and under the run lock.

    Raises
    ------
    UsageError
        A source cannot be used as `tacit.yml` says; nothing was stored.
    JobError
        Another run is at work.
    """
    with (
        open_instance(settings) as instance,
        OneRun(settings, str(uuid4()), instance, progress) as run,
        _quiet(),
        _signals_end_the_run(),
    ):
        run.begin()
        run.landing.preflight()
        job = build_defs(settings, {"run": run}).resolve_job_def(JOB_NAME)
        began = time.monotonic()
        try:
            outcome = job.execute_in_process(
                instance=instance, run_id=run.run_id, raise_on_error=False
            )
        finally:
            del began
        return _result(settings, run, outcome)
