"""When the job runs: one job, a schedule for the fixed time, a sensor for files that arrive.

Here belong the job and its two triggers. No asset has an automation condition: a run is one unit
from load to publication, under one lock, and nothing of it is to be computed by itself.
"""

from __future__ import annotations

import dagster as dg

from dagster_pipelines.arrivals import exports
from dagster_pipelines.dagster_home import recover_if_idle
from dagster_pipelines.defs.raw import EXPORTS_TAG
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.settings import Settings

JOB_NAME = "tacit_run"
SCHEDULE_NAME = "daily"
SENSOR_NAME = "new_exports"

# How often the sensor looks, unless files need not stand still for as long.
LOOK_SECONDS = 30

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
    """Return the sensor: a new or changed file that has stood still starts the job.

    Its cursor is the fingerprint of the exports for which it asked last: for files whose run fails
    it does not ask again, and what another run has taken it leaves alone.
    """
    still_seconds = settings.schedule.still_seconds

    @dg.sensor(
        job=JOB,
        name=SENSOR_NAME,
        minimum_interval_seconds=min(LOOK_SECONDS, max(1, still_seconds)),
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
        elif found.still_seconds < still_seconds:
            return dg.SkipReason(_STILL_WRITTEN)
        if _was_taken(context.instance, found.fingerprint):
            context.update_cursor(found.fingerprint)
            return dg.SkipReason("The last run has taken what there is.")
        return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=found.fingerprint)

    return new_exports


def _was_taken(instance: dg.DagsterInstance, fingerprint: str) -> bool:
    """Tell whether the last good run, whoever started it, found these very exports."""
    good = dg.RunsFilter(job_name=JOB_NAME, statuses=[dg.DagsterRunStatus.SUCCESS])
    return any(run.tags.get(EXPORTS_TAG) == fingerprint for run in instance.get_runs(good, limit=1))


def _recover(settings: Settings, instance: dg.DagsterInstance) -> bool:
    """Clear up after dead runs; False if a run is at work."""
    try:
        recover_if_idle(settings, instance)
    except JobError:
        return False
    return True
