"""The last runs, as Dagster's storage in the data folder remembers them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dagster_pipelines.failure_log import Failure
from dagster_pipelines.run_lock import holder, is_busy
from dagster_pipelines.settings import Settings

WORDS = {
    "SUCCESS": "published",
    "FAILURE": "failed",
    "CANCELED": "stopped",
    "CANCELING": "stopping",
}


@dataclass(frozen=True)
class PastRun:
    """A run: when it began (UTC), how long it took if it has ended, and what became of it."""

    began: datetime
    seconds: float | None
    outcome: str


def last_runs(settings: Settings, limit: int = 5) -> list[PastRun]:
    """Return the last runs of the job, newest first; none where nothing has run yet."""
    if not (settings.data_path / "dagster").is_dir():
        return []
    # Dagster takes a second to import, and only this needs it.
    from dagster_pipelines.dagster_home import open_instance

    with open_instance(settings) as instance:
        records = instance.get_run_records(limit=limit)
    return [
        PastRun(
            began=datetime.fromtimestamp(record.start_time, UTC),
            seconds=record.end_time - record.start_time if record.end_time else None,
            outcome=WORDS.get(record.dagster_run.status.value, "at work"),
        )
        for record in records
        if record.start_time
    ]


def unmended(failures: list[Failure], runs: list[PastRun]) -> Failure | None:
    """Return the last failure that was reported, unless a later run has published; else None."""
    if not failures:
        return None
    good = [
        run.began + timedelta(seconds=run.seconds)
        for run in runs
        if run.outcome == WORDS["SUCCESS"] and run.seconds is not None
    ]
    last = failures[-1]
    return None if any(ended > last.failed_at for ended in good) else last


def checks_of(settings: Settings, run_id: str) -> Counter[bool]:
    """Return how many checks of a run passed (True) and how many did not (False)."""
    from dagster import DagsterEventType

    from dagster_pipelines.dagster_home import open_instance

    with open_instance(settings) as instance:
        records = instance.get_records_for_run(
            run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    events = (record.event_log_entry.dagster_event for record in records)
    return Counter(
        event.asset_check_evaluation_data.passed for event in events if event is not None
    )


def run_at_work(settings: Settings) -> str | None:
    """Say that a run is at work, and since when; None if none is."""
    if not is_busy(settings):
        return None
    who = holder(settings)
    since = f" since {who.since:%Y-%m-%d %H:%M} UTC, process {who.process}" if who else ""
    return f"A run is at work{since}; what it does shows when it has ended."
