"""When the job runs: one job, a schedule for the fixed time, a sensor for files that arrive.

Here belong the job and its two triggers. No asset has an automation condition: a run is one unit
from load to publication, under one lock, and nothing of it is to be computed by itself.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

import dagster as dg

from dagster_pipelines.dagster_home import recover_if_idle
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources.paths import files_of, single_files

JOB_NAME = "tacit_run"
SCHEDULE_NAME = "daily"
SENSOR_NAME = "new_exports"

# A file whose size and times have not changed for as long as this is complete.
STILL_SECONDS = 30

_STILL_WRITTEN = "A file is still being written."

_WAITING_OR_AT_WORK = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

JOB = dg.define_asset_job(
    JOB_NAME,
    selection=dg.AssetSelection.all(),
    description="Load what is new, compute, check, and publish if every check has passed.",
    # Only a logger that a run's configuration names is used in place of Dagster's own.
    config={"loggers": {"console": {}}},
    executor_def=dg.in_process_executor,
)


@dataclass(frozen=True)
class Exports:
    """The files that the sources name now: what they are, and for how long none has changed.

    `still_seconds` is negative if one was changed later than the clock says: it went back since, or
    whoever copied the file set its time.
    """

    fingerprint: str
    files: int
    still_seconds: float


def schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Return the schedule: `schedule.cron` of tacit.yml in the organisation's time zone.

    Raises
    ------
    UsageError
        `schedule.cron` is not a cron line.
    """
    cron = settings.schedule.cron
    try:

        @dg.schedule(
            job=JOB,
            name=SCHEDULE_NAME,
            cron_schedule=cron,
            execution_timezone=settings.organisation.timezone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Start the job at the fixed time, after clearing up after dead runs.",
        )
        def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
            _recover(settings, context.instance)
            return dg.RunRequest()

    except dg.DagsterInvalidDefinitionError:
        raise UsageError(
            f"schedule.cron: {cron!r} is not a cron line; write one such as 0 4 * * * (daily at 4)."
        ) from None
    return daily


def sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor: a new or changed file that has stood still starts the job."""

    @dg.sensor(
        job=JOB,
        name=SENSOR_NAME,
        minimum_interval_seconds=STILL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Start the job when a source has a new or changed file that has stood still.",
    )
    def new_exports(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        if not _recover(settings, context.instance):
            return dg.SkipReason("A run is at work.")
        unfinished = dg.RunsFilter(statuses=_WAITING_OR_AT_WORK)
        if context.instance.get_runs_count(unfinished):
            return dg.SkipReason("A run waits or is at work.")
        try:
            found = exports(settings)
        except (UsageError, OSError):
            return dg.SkipReason("A source has no files; `tacit check` says which.")
        if found.fingerprint == (context.cursor or "").partition(" ")[0]:
            return dg.SkipReason("No file is new or has changed.")
        if found.still_seconds < 0:
            # A time to come says nothing; what is as it was at the look before has stood still.
            started, _, looked_at = (context.cursor or "").partition(" ")
            if looked_at != found.fingerprint:
                seen = f"{started} {found.fingerprint}"
                return dg.SensorResult(skip_reason=_STILL_WRITTEN, cursor=seen)
        elif found.still_seconds < STILL_SECONDS:
            return dg.SkipReason(_STILL_WRITTEN)
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=found.fingerprint)

    return new_exports


def exports(settings: Settings) -> Exports:
    """Look at the files of all sources. Their names go into the fingerprint only.

    Raises
    ------
    UsageError
        A source has no files.
    """
    found = {
        file
        for source in settings.sources
        for path in files_of(settings, source)
        for file in single_files(path)
    }
    stats = {str(path): path.stat() for path in found}
    last_change = max(max(stat.st_mtime, stat.st_ctime) for stat in stats.values())
    return Exports(
        fingerprint=_fingerprint(stats.items()),
        files=len(stats),
        still_seconds=time.time() - last_change,
    )


def _fingerprint(stats: Iterable[tuple[str, os.stat_result]]) -> str:
    digest = hashlib.sha256()
    for path, stat in sorted(stats, key=lambda item: item[0]):
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _recover(settings: Settings, instance: dg.DagsterInstance) -> bool:
    """Clear up after dead runs; False if a run is at work."""
    try:
        recover_if_idle(settings, instance)
    except JobError:
        return False
    return True
