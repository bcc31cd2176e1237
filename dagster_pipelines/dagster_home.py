"""Dagster's home in the data folder: its settings, its environment, and what dead runs left in it.

Here belongs what must be right before Dagster can do anything: `dagster.yaml`, the environment
variables that it and dbt read, opening its instance, and clearing the records of runs whose process
is gone. What the job does belongs in `defs`; starting it, in `job`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from dagster_pipelines.leftovers import draft_prefix
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import repository
from dagster_pipelines.warehouse import prepare_folders, warehouse_path

# The pool of everything that opens the warehouse for writing; `dagster.yaml` limits it to one.
WRITERS = "duckdb_warehouse"

_TEMPLATE = Path(__file__).with_name("dagster.yaml")

# A run that has just been started may not have come as far as the lock. One that has said nothing
# for as long as this, while somebody else holds the lock, is dead whatever its process number says.
_GRACE = timedelta(minutes=3)

_AT_WORK = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def home_path(settings: Settings) -> Path:
    """Return the folder that is `DAGSTER_HOME`."""
    return settings.data_path / "dagster"


def dbt_path(settings: Settings) -> Path:
    """Return the folder of dbt's target and logs."""
    return settings.data_path / "dbt"


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables under which Dagster and dbt do nothing but what they should.

    No telemetry, no look at a package index, no text of an exception in a database, and every file
    in the data folder. For this process (`os.environ.update`) as for its children.
    """
    dbt = dbt_path(settings)
    return {
        "DAGSTER_HOME": str(home_path(settings)),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DAGSTER_REDACT_USER_CODE_ERRORS": "1",
        "DAGSTER_DBT_TERMINATION_TIMEOUT_SECONDS": "4",
        "DBT_TARGET_PATH": str(dbt / "target"),
        "DBT_LOG_PATH": str(dbt / "target"),
        # What went wrong: all else is in the run's record, and writing it twice takes time.
        "DBT_LOG_LEVEL_FILE": "warn",
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_PROFILES_DIR": str(repository()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DO_NOT_TRACK": "1",
        # The matrices of models in Python are small: threads that wait for each other take longer.
        "OPENBLAS_NUM_THREADS": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "TACIT_WAREHOUSE": str(warehouse_path(settings)),
    }


def prepare_home(settings: Settings) -> Path:
    """Make the data folders, write `dagster.yaml` if it is not as it should be, return its folder.

    The file appears whole or not at all: a daemon may be reading it.
    """
    prepare_folders(settings)
    home = home_path(settings)
    home.mkdir(mode=0o700, exist_ok=True)
    written, wanted = home / "dagster.yaml", _TEMPLATE.read_bytes()
    if not written.exists() or written.read_bytes() != wanted:
        fresh = home / f"{draft_prefix(written)}{secrets.token_hex(4)}"
        fresh.write_bytes(wanted)
        fresh.replace(written)
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open Dagster's instance of a company, with its home and environment prepared."""
    os.environ.update(environment(settings))
    with dg.DagsterInstance.from_config(str(prepare_home(settings))) as instance:
        yield instance


def recover_if_idle(settings: Settings, instance: dg.DagsterInstance) -> list[str]:
    """Clear up after dead runs, unless a run is at work; return the ids of those cleared.

    Schedule and sensor call this: a dead run counts as one at work until somebody says otherwise,
    and the queue would wait for it.

    Raises
    ------
    JobError
        A run is at work.
    """
    with run_lock(settings, patience_seconds=0):
        return recover_dead_runs(instance)


def recover_dead_runs(instance: dg.DagsterInstance, own_run_id: str | None = None) -> list[str]:
    """Mark runs whose process is gone as failed and free the pool slots that they kept.

    Call it with the run lock held: nobody else can then be past its first moments, and a slot of
    the writers' pool that is not ours is nobody's. Returns the ids of the runs marked.
    """
    now = datetime.now(UTC)
    records = instance.get_run_records(dg.RunsFilter(statuses=list(_AT_WORK)))
    dead = [
        record.dagster_run
        for record in records
        if record.dagster_run.run_id != own_run_id
        # Either way: a sign of life from the future was given before the clock went back.
        and (
            abs(now - _utc(record.update_timestamp)) > _GRACE or _process_is_gone(instance, record)
        )
    ]
    for run in dead:
        instance.report_run_failed(
            run, "The process of this run is gone; the next run marked it as failed."
        )
    free_slots(instance, {run.run_id for run in dead}, own_run_id)
    return [run.run_id for run in dead]


def free_slots(instance: dg.DagsterInstance, run_ids: set[str], own_run_id: str | None) -> None:
    """Free the pool slots of `run_ids`, and those of the writers' pool that are not our own."""
    storage = instance.event_log_storage
    pool = storage.get_concurrency_info(WRITERS)
    holders = {slot.run_id for slot in pool.claimed_slots}
    holders |= {step.run_id for step in pool.pending_steps}
    for run_id in (holders | run_ids) - {own_run_id}:
        storage.free_concurrency_slots_for_run(run_id)


def _process_is_gone(instance: dg.DagsterInstance, record: dg.RunRecord) -> bool:
    """Tell whether the process that began a run no longer exists; False if none is known.

    Our own number on a run that is not ours is that of a process before us: containers start each
    time with the same one.
    """
    begun = instance.get_records_for_run(
        record.dagster_run.run_id, of_type=dg.DagsterEventType.RUN_START, limit=1
    ).records
    event = begun[0].event_log_entry.dagster_event if begun else None
    if event is None or event.pid is None:
        return False
    if event.pid == os.getpid():
        return True
    try:
        os.kill(event.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
