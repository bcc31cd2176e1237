"""Data tests: a build in part tests what it computed, `dbt test` tests everything."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.dbt import run_dbt
from tests.harness.histories import a_file
from tests.harness.project import CATALOG, declare_raw
from tests.harness.raw import RawTables, ids_of, raw_tables
from tests.harness.warehouse import replace_raw, schemas_of_raw

FIRST = datetime(2026, 1, 7, 12, tzinfo=UTC)
AGAIN = "insert into marts.fct_interactions from marts.fct_interactions where {where}"


def a_company(weeks: int) -> Company:
    """Two people who write to each other on each Wednesday of so many weeks."""
    return Company(
        roster=(RosterRecord("ada"), RosterRecord("bo")),
        interactions=tuple(
            InteractionRecord(
                f"mail {week}", "email", "ada", "bo", FIRST + timedelta(weeks=week), is_mutual=True
            )
            for week in range(weeks)
        ),
    )


def raw_of(weeks: int) -> RawTables:
    """What is loaded after so many weeks, each of which came in a file of its own."""
    company = a_company(weeks)
    raw = raw_tables(company, ids_of(company))
    by_time = sorted(raw["interaction_csv_rows"], key=lambda row: row["occurred_at"])
    rows = [{**row, "file_id": number} for number, row in enumerate(by_time, start=10)]
    files = [a_file(row["file_id"]) for row in rows]
    return {**raw, "interaction_csv_rows": rows, "files": files}


def load(warehouse: Path, weeks: int) -> None:
    """Let schema `raw` hold what came in so many weeks."""
    with closing(duckdb.connect(str(warehouse))) as connection:
        replace_raw(connection, schemas_of_raw(connection), raw_of(weeks))


def double(warehouse: Path, where: str) -> None:
    """Let rows of a mart be there twice."""
    with closing(duckdb.connect(str(warehouse))) as connection:
        assert connection.execute(AGAIN.format(where=where)).fetchall() == [(1,)]


@pytest.mark.slow
def test_a_build_in_part_tests_what_it_computed_and_dbt_test_everything(tmp_path: Path) -> None:
    warehouse, target = tmp_path / "one" / f"{CATALOG}.duckdb", str(tmp_path / "target")
    declare_raw(warehouse)
    load(warehouse, 9)
    models = ("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    assert run_dbt(warehouse, target, *models).success
    double(warehouse, "week_start = '2026-01-19'")

    load(warehouse, 10)
    assert run_dbt(warehouse, target, *models).success
    with closing(duckdb.connect(str(warehouse))) as connection:
        because = "select whole_because from intermediate.int_builds order by build"
        assert connection.execute(because).fetchall() == [("first",), (None,)]
        weeks = connection.execute("select week_start from intermediate.int_changed_weeks")
        # The last week of the first build was not over.
        assert set(weeks.fetchall()) == {(date(2026, 3, 2),), (date(2026, 3, 9),)}
    keys = ("--select", "fct_interactions,test_name:unique_combination")
    # As a build that goes on after the models.
    in_part = ("build", "--resource-type", "test", *keys)
    assert run_dbt(warehouse, target, *in_part).success
    assert not run_dbt(warehouse, target, "test", *keys).success

    double(warehouse, "week_start = '2026-03-02'")
    assert not run_dbt(warehouse, target, *in_part).success
