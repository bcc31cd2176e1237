"""dbt at work on a warehouse, in this process."""

from __future__ import annotations

import os
import shutil
from contextlib import chdir
from functools import cache
from pathlib import Path
from unittest.mock import patch

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from dagster_pipelines.bin.dbt_child import spare_what_nobody_reads
from dagster_pipelines.sqlfiles import repository
from tests.harness.once import made_once

CATALOG = "warehouse"
"""The catalog in the names of relations: that of the file that dbt connects to."""

PARSED = "partial_parse.msgpack"

_spare_once = cache(spare_what_nobody_reads)


def run_dbt(warehouse: Path, target: Path, *arguments: str) -> dbtRunnerResult:
    """Let dbt do something in a warehouse; it finds the project parsed.

    Parameters
    ----------
    warehouse
        The database file, of the name `warehouse.duckdb`.
    target
        The folder into which dbt writes.
    arguments
        The command and its options, such as `"build", "--select", "fct_ties"`.
    """
    if not (target / PARSED).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(made_once("parsed", parse) / PARSED, target)
    return _invoke(warehouse, target, *arguments)


def parse(target: Path) -> None:
    """Let dbt parse the project."""
    done = _invoke(target / f"{CATALOG}.duckdb", target, "parse")
    if not done.success:
        raise RuntimeError("dbt could not parse the project") from done.exception


def _invoke(warehouse: Path, target: Path, *arguments: str) -> dbtRunnerResult:
    # From its own folder all warehouses have one name: with another value of a variable in the
    # profile, dbt would parse the whole project again.
    target = target.absolute()
    _spare_once()
    with (
        chdir(warehouse.parent),
        patch.dict(os.environ, {"TACIT_WAREHOUSE": f"{CATALOG}.duckdb"}),
    ):
        done = dbtRunner().invoke(
            [
                *("--quiet", "--no-send-anonymous-usage-stats"),
                *("--log-level", "none", "--log-path", str(target)),
                *arguments,
                *("--project-dir", str(repository() / "dbt_project")),
                *("--profiles-dir", str(repository()), "--target-path", str(target)),
            ]
        )
        DuckDBConnectionManager.close_all_connections()
    return done
