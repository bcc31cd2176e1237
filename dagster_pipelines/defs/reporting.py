"""Who hears of a run that failed: the sensor that reports it, and how it is read off Dagster.

Here belongs finding the step and the reason among a run's events. What is written down and who is
told belongs in `failure_log`.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from dagster_pipelines.defs.automation import JOB
from dagster_pipelines.failure_log import Failure, failure, report
from dagster_pipelines.settings import Settings

SENSOR_NAME = "failed_runs"
LOOK_SECONDS = 10

_UNSAID = "it ended without a word; its process may have been killed"


def failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Return the sensor that reports each run that Dagster started and that failed."""

    @dg.run_failure_sensor(
        name=SENSOR_NAME,
        monitored_jobs=[JOB],
        minimum_interval_seconds=LOOK_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Write down which step of a failed run failed and why; tell notify.command.",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        run_id, said = context.dagster_run.run_id, context.failure_event.message
        for line in report(settings, read_failure(settings, context.instance, run_id, said)):
            # What the daemon logs, `tacit up` prints: into the journal of whoever runs it.
            context.log.error(line)

    return failed_runs


def read_failure(
    settings: Settings, instance: dg.DagsterInstance, run_id: str, said: str | None = None
) -> Failure:
    """Return why a run failed: at its first failed step, or what is `said` if no step did.

    Of a step's error only the description is taken, a sentence of ours: the text of any other error
    may quote anything.
    """
    for event in _events(instance, run_id, dg.DagsterEventType.STEP_FAILURE):
        told = event.step_failure_data.user_failure_data
        described = told.description if told else None
        reason = _broken_checks(instance, run_id) or described or _UNSAID
        return failure(settings, run_id, event.step_key, reason)
    return failure(settings, run_id, None, said or _UNSAID)


def _broken_checks(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """Name the checks that stopped a run, three at most; None if none did."""
    evaluated = [
        event.asset_check_evaluation_data
        for event in _events(instance, run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    ]
    broken = sorted(
        {
            check.check_name
            for check in evaluated
            if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
        }
    )
    if not broken:
        return None
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"it did not pass {', '.join(broken[:3])}{more}"


def _events(
    instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType
) -> Iterator[dg.DagsterEvent]:
    for record in instance.get_records_for_run(run_id, of_type=kind, ascending=True).records:
        if record.event_log_entry.dagster_event is not None:
            yield record.event_log_entry.dagster_event
