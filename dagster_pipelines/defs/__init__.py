"""Dagster's definitions, a module a concept.

`raw`, `transform`, `checks`, `publish`: what there is. `automation`: when it runs. `reporting`:
who hears that it failed. `resources`: what the steps share. Plain work belongs in the modules
beside this package; `build_defs` puts it together and is the one seam for tests and for `job`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from dagster_pipelines.dagster_home import environment
from dagster_pipelines.dbt_manifest import load_manifest
from dagster_pipelines.defs.automation import JOB, schedule, sensor
from dagster_pipelines.defs.checks import expectation_checks
from dagster_pipelines.defs.publish import publication_assets
from dagster_pipelines.defs.raw import raw_assets
from dagster_pipelines.defs.reporting import failure_sensor
from dagster_pipelines.defs.resources import dbt_project, dbt_resource, run_resource
from dagster_pipelines.defs.transform import model_assets
from dagster_pipelines.settings import Settings


def build_defs(
    settings: Settings, resource_overrides: Mapping[str, Any] | None = None
) -> dg.Definitions:
    """Return everything that Dagster sees of one company.

    Parses the dbt project if it has changed since the last time (seconds).

    Raises
    ------
    UsageError
        `schedule.cron` is not a cron line.
    JobError
        The dbt project does not parse.
    """
    os.environ.update(environment(settings))
    # A filter, since Dagster switches loggers on again that were switched off.
    logging.getLogger("dagster.redacted_errors").addFilter(_nothing)
    project = dbt_project(settings)
    return dg.Definitions(
        assets=[
            *raw_assets(settings),
            model_assets(load_manifest(settings), project, settings.schedule),
            *publication_assets(settings),
        ],
        asset_checks=[expectation_checks()],
        jobs=[JOB],
        schedules=[schedule(settings)],
        sensors=[sensor(settings), failure_sensor(settings)],
        resources={
            "run": run_resource(settings),
            "dbt": dbt_resource(project),
            **(resource_overrides or {}),
        },
        executor=dg.in_process_executor,
        # What happens stands in Dagster's storage and on its page; said on the console as well, it
        # would be a line for each of several hundred events.
        loggers={"console": dg.colored_console_logger.configured({"log_level": "CRITICAL"})},
    )


def _nothing(_: logging.LogRecord) -> bool:
    """Let nothing pass of what Dagster keeps out of its databases: it may quote an export."""
    return False
