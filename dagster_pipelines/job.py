"""The whole job in this process: what `tacit run` does, and what came of it.

Here belongs starting the one job and telling its outcome in sentences. What the job consists of
belongs in `defs`; the schedule and the sensor start the same job in a process of Dagster's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import dagster as dg

from dagster_pipelines import publication
from dagster_pipelines.causes import names_a_cause
from dagster_pipelines.dagster_home import open_instance
from dagster_pipelines.defs import build_defs
from dagster_pipelines.defs.automation import JOB_NAME
from dagster_pipelines.defs.resources import TURN_PATIENCE_SECONDS, OneRun, Progress
from dagster_pipelines.errors import UsageError
from dagster_pipelines.run_lock import PATIENCE_SECONDS
from dagster_pipelines.settings import Settings
from dagster_pipelines.stopping import as_keyboard_interrupt

if TYPE_CHECKING:
    from dagster_pipelines.landing import Receipt

Outcome = Literal["published", "failed", "stopped"]

# The console is for the progress and the summary.
_CHATTERERS = ("dagster", "dagster.redacted_errors", "dagster-dbt")


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
    `durations` are the seconds of each step that was begun, in their order; `step` is the first
    that failed.
    """

    outcome: Outcome
    run_id: str
    published: Path | None
    failed_checks: list[FailedCheck] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)

    step: str | None = None

    @property
    def reasons(self) -> list[str]:
        """Why it failed, a sentence each."""
        checks = [f"Check {one.name} of {one.table}: {one.sentence}" for one in self.failed_checks]
        return [*self.errors, *checks]

    @property
    def succeeded(self) -> bool:
        """Whether this run published what it computed."""
        return self.outcome == "published"


def run_job(
    settings: Settings, progress: Progress | None = None, *, is_watched: bool = True
) -> JobResult:
    """Load, compute, check and publish, all in this process and under the run lock.

    `progress(stage, done, total)` is told how far each stage is. A run that nobody watches waits
    for another one that is at work, and tries again what may pass.

    Raises
    ------
    UsageError
        A source cannot be used as `tacit.yml` says; nothing of it was stored.
    JobError
        Another run is at work, or the dbt project does not parse.
    """
    with (
        _quiet(),
        as_keyboard_interrupt(),
        open_instance(settings) as instance,
        OneRun(settings, str(uuid4()), instance, progress, is_watched=is_watched) as run,
    ):
        run.begin(PATIENCE_SECONDS if is_watched else TURN_PATIENCE_SECONDS)
        run.check_sources()
        run.report("Prepare", 0)
        outcome = (
            build_defs(settings, {"run": run})
            .resolve_job_def(JOB_NAME)
            .execute_in_process(instance=instance, run_id=run.run_id, raise_on_error=False)
        )
        return _result(settings, run, outcome)


def _result(settings: Settings, run: OneRun, outcome: dg.ExecuteInProcessResult) -> JobResult:
    """Gather what came of a run that has ended.

    Raises
    ------
    UsageError
        A source turned out to be unusable while it was loaded.
    """
    for error in run.failures.values():
        if isinstance(error, UsageError):
            raise error
    failed_checks = [
        FailedCheck(
            check.check_name,
            _table(check),
            check.description or _unsaid(check),
        )
        for check in outcome.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
    ending: Outcome = "published" if outcome.success else "failed"
    return JobResult(
        outcome="stopped" if run.is_stopped else ending,
        run_id=run.run_id,
        published=publication.current(settings),
        failed_checks=failed_checks,
        errors=_errors(run, has_failed_checks=bool(failed_checks)),
        receipts=list(run.receipts),
        durations=run.durations,
        step=next(iter(run.failures), None),
    )


def _table(check: dg.AssetCheckEvaluation) -> str:
    """Return the table that a check is about: it says so itself, or it is the asset's."""
    said = check.metadata.get("table")
    return str(said.value) if said else ".".join(check.asset_key.path)


def _unsaid(check: dg.AssetCheckEvaluation) -> str:
    """Say in general terms that a check failed that has no sentence of its own (a test of dbt)."""
    rows = check.metadata.get("dagster_dbt/failed_row_count")
    if rows is None:
        return "It does not hold."
    return "1 row breaks it." if rows.value == 1 else f"{rows.value} rows break it."


def _errors(run: OneRun, *, has_failed_checks: bool) -> list[str]:
    """Return the sentences of what failed; that a test failed is said by the tests themselves."""
    return [
        str(error)
        for step, error in run.failures.items()
        if not (step == "dbt" and has_failed_checks) or names_a_cause(str(error))
    ]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dagster and dagster-dbt would say off the console.

    By a filter: a logger that is merely disabled is enabled again by whoever configures logging.
    """
    loggers = [logging.getLogger(name) for name in _CHATTERERS]
    for logger in loggers:
        logger.addFilter(_say_nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_say_nothing)


def _say_nothing(_: logging.LogRecord) -> bool:
    return False
