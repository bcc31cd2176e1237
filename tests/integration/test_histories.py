"""Builds that compute what changed against builds of everything, through dbt itself.

`TACIT_DBT_HISTORIES=20 pytest tests/integration/test_histories.py` draws so many histories, others
each time; without it the run is short and always the same.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.harness.companies import companies
from tests.harness.company import Company
from tests.harness.dbt import CATALOG, run_dbt
from tests.harness.histories import a_history
from tests.harness.living import OF_BUILDS
from tests.harness.project import declare_raw
from tests.harness.raw import RawTables
from tests.harness.warehouse import replace_raw, schemas_of_raw

MANY = os.environ.get("TACIT_DBT_HISTORIES")

DIFFERENCES = """
    select count(*)
    from (
        (from one.{table} except all from other.{table})
        union all
        (from other.{table} except all from one.{table})
    )
"""


EVERY_DAY = 2
"""Runs of a history, where nothing is said of how many are drawn."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which dbt writes."""
    return tmp_path_factory.mktemp("target")


def build(warehouse: Path, raw: RawTables, target: Path, *, dies: bool) -> None:
    """Let dbt build from what `raw` holds now; one that dies does not come to its last model."""
    with closing(duckdb.connect(str(warehouse))) as connection:
        replace_raw(connection, schemas_of_raw(connection), raw)
    done = run_dbt(
        warehouse,
        target,
        "build",
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
        *(("--exclude", "int_built+") if dies else ()),
    )
    failed = [result for result in done.result or () if result.status == "error"]
    assert done.success, done.exception or [f"{one.node.name}: {one.message}" for one in failed]


def why_whole(warehouse: Path) -> list[str | None]:
    """Why each build computed everything, None where it did not."""
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        builds = connection.execute(
            "select whole_because from intermediate.int_builds order by build"
        )
        return [because for (because,) in builds.fetchall()]


def differing(one: Path, other: Path) -> list[str]:
    """The tables of two warehouses that are not the same, row for row."""
    with closing(duckdb.connect()) as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = 'one' and schema_name != 'raw'"
        ).fetchall()
        assert len(tables) > len(OF_BUILDS)
        return [
            table
            for schema, table in tables
            if table not in OF_BUILDS
            and connection.execute(DIFFERENCES.format(table=f"{schema}.{table}")).fetchall()
            != [(0,)]
        ]


@settings(
    max_examples=int(MANY or 1),
    derandomize=MANY is None,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
@given(company=companies(), seed=st.integers(0, 2**32))
def test_a_history_ends_where_a_build_of_everything_ends(
    target: Path, company: Company, seed: int
) -> None:
    history = a_history(company, seed, models=1)[: None if MANY else EVERY_DAY]
    history[-1] = replace(history[-1], dies_after=None)
    with tempfile.TemporaryDirectory() as folder:
        living, whole = (Path(folder) / name / f"{CATALOG}.duckdb" for name in ("living", "whole"))
        declare_raw(living)
        declare_raw(whole)
        for run in history:
            build(living, run.raw, target, dies=run.dies_after is not None)
        build(whole, history[-1].raw, target, dies=False)
        assert differing(living, whole) == []
        first, *later = why_whole(living)
        assert first == "first"
        for run, because in zip(history, later, strict=False):
            assert (because == "unfinished") == (run.dies_after is not None)
