"""`dbt build` as an analytics engineer types it, without Dagster.

All models, data tests and unit tests; of data tests, that a build in part looks at what it
computed, and `dbt test` at everything.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.results import RunExecutionResult

from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.dbt import CATALOG, run_dbt
from tests.harness.histories import a_file
from tests.harness.project import declare_raw
from tests.harness.raw import RawTables, ids_of, raw_tables
from tests.harness.warehouse import replace_raw, schemas_of_raw

FIRST = datetime(2026, 1, 7, 12, tzinfo=UTC)
AGAIN = """
    insert into intermediate.int_person_flows
    from intermediate.int_person_flows where week_start = ?
"""


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


def double(warehouse: Path, week_start: date) -> None:
    """Let the two rows of a week be there twice, where no test across models sees it."""
    with closing(duckdb.connect(str(warehouse))) as connection:
        assert connection.execute(AGAIN, [week_start]).fetchall() == [(2,)]


def why_whole(warehouse: Path) -> str | None:
    """Why the newest build computed everything, None where it did not."""
    with closing(duckdb.connect(str(warehouse))) as connection:
        builds = "select whole_because from intermediate.int_builds order by build"
        return connection.execute(builds).fetchall()[-1][0]


@dataclass(frozen=True)
class Built:
    """A warehouse, what dbt keeps of the project, and what its first build came to."""

    warehouse: Path
    target: Path
    done: dbtRunnerResult

    def run(self, *arguments: str) -> dbtRunnerResult:
        """Let dbt do something in this warehouse."""
        return run_dbt(self.warehouse, self.target, *arguments)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Nine weeks of the company, after a first `dbt build`."""
    folder = tmp_path_factory.mktemp("company")
    warehouse, target = folder / "one" / f"{CATALOG}.duckdb", folder / "target"
    declare_raw(warehouse)
    load(warehouse, 9)
    return Built(warehouse, target, run_dbt(warehouse, target, "build"))


@pytest.mark.slow
def test_dbt_build_by_itself_makes_and_tests_everything(built: Built) -> None:
    done = built.done
    assert isinstance(done.result, RunExecutionResult), done.exception
    assert [
        f"{result.node.name}: {result.message}"
        for result in done.result.results
        # Pages of the dashboard are listed; nothing is run for them.
        if result.status not in ("success", "pass") and result.node.resource_type != "exposure"
    ] == []
    project = built.run("parse").result
    assert isinstance(project, Manifest)
    ran = Counter(result.node.resource_type for result in done.result.results)
    assert ran["unit_test"] == len(project.unit_tests) > 0
    assert ran["model"] + ran["seed"] + ran["test"] == len(project.nodes)


@pytest.mark.slow
def test_a_build_in_part_tests_what_it_computed_and_dbt_test_everything(built: Built) -> None:
    warehouse = built.warehouse
    build = ("build", "--exclude-resource-type", "unit_test")
    untested = (*build, "--exclude-resource-type", "test")
    keys = ("--select", "int_person_flows,test_name:unique_combination")
    # As a build that goes on after the models.
    tests_of_build = ("build", "--resource-type", "test", *keys)

    assert built.done.success
    double(warehouse, date(2026, 1, 19))

    load(warehouse, 10)
    assert built.run(*build).success
    assert why_whole(warehouse) is None
    with closing(duckdb.connect(str(warehouse))) as connection:
        weeks = connection.execute("select week_start from intermediate.int_changed_weeks")
        # The last week of the first build was not over.
        assert set(weeks.fetchall()) == {(date(2026, 3, 2),), (date(2026, 3, 9),)}
    assert built.run(*tests_of_build).success
    assert not built.run("test", *keys).success

    double(warehouse, date(2026, 3, 2))
    assert not built.run(*tests_of_build).success

    # What an untested build left, the next one tests too, and is not finished if it fails.
    load(warehouse, 11)
    assert built.run(*untested).success
    load(warehouse, 12)
    assert not built.run(*build).success
    assert why_whole(warehouse) is None
    assert built.run(*untested).success
    assert why_whole(warehouse) == "unfinished"
