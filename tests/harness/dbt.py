"""dbt at work on a warehouse, in this process."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from dagster_pipelines.sqlfiles import repository


def run_dbt(warehouse: Path, target: str, *arguments: str) -> dbtRunnerResult:
    """Let dbt do something; in `target` it finds the project parsed from the second time on.

    Parameters
    ----------
    warehouse
        The database file.
    target
        The folder into which dbt writes.
    arguments
        The command and its options, such as `"build", "--select", "fct_ties"`.
    """
    with patch.dict(os.environ, {"TACIT_WAREHOUSE": str(warehouse)}):
        done = dbtRunner().invoke(
            [
                *("--quiet", "--no-send-anonymous-usage-stats"),
                *("--log-level", "none", "--log-path", target),
                *arguments,
                *("--project-dir", str(repository() / "dbt_project")),
                *("--profiles-dir", str(repository()), "--target-path", target),
            ]
        )
    DuckDBConnectionManager.close_all_connections()
    return done
