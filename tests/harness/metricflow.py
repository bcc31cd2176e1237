"""MetricFlow's command on a copy of a warehouse: `mf query` as somebody types it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dagster_pipelines.sqlfiles import repository
from tests.harness.dbt import CATALOG, parse
from tests.harness.once import made_once

# Asks the package index for a newer version of itself before it does anything.
WITHOUT_NETWORK = """
import sys
from update_checker import UpdateChecker
UpdateChecker.check = lambda *_: None
from dbt_metricflow.cli.main import cli
cli()
"""


@dataclass(frozen=True)
class MetricFlow:
    """The dbt project, parsed, in a folder of its own beside a copy of a warehouse."""

    folder: Path

    @classmethod
    def on_copy_of(cls, warehouse: Path, folder: Path) -> MetricFlow:
        """Copy a warehouse and the project; another process may hold the warehouse open."""
        shutil.copy(warehouse, folder / f"{CATALOG}.duckdb")
        shutil.copy(repository() / "profiles.yml", folder)
        project = shutil.copytree(
            repository() / "dbt_project",
            folder / "dbt_project",
            ignore=shutil.ignore_patterns("target", "logs"),
        )
        (project / "target").mkdir()
        shutil.copy(made_once("parsed", parse) / "semantic_manifest.json", project / "target")
        return cls(folder)

    def query(self, metrics: list[str], group_by: list[str]) -> list[dict[str, str | date]]:
        """Return the rows of a query, the first of whose groups is the week.

        Raises
        ------
        RuntimeError
            There is no answer; the message is what the command printed.
        """
        answer = self.folder / "answer.csv"
        words = ["query", "--quiet", "--csv", str(answer)]
        words += ["--metrics", ",".join(metrics), "--group-by", ",".join(group_by)]
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_NETWORK, *words],
            cwd=self.folder / "dbt_project",
            env={
                **os.environ,
                "TACIT_WAREHOUSE": str(self.folder / f"{CATALOG}.duckdb"),
                "DBT_PROFILES_DIR": str(self.folder),
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not answer.exists():
            raise RuntimeError(done.stdout + done.stderr)
        with answer.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        week = group_by[0]
        return [{**row, week: date.fromisoformat(row[week][:10])} for row in rows]
