"""The dashboard of `dashboards/superset` in a real Apache Superset: `make test-superset`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from dagster_pipelines import publication
from dagster_pipelines.restating.record import forget
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.warehouse import warehouse_path
from tests.harness.browser import PATIENCE_SECONDS, browser
from tests.harness.superset import ASSETS, USER, Superset, superset

pytestmark = pytest.mark.superset

CHARTS = sorted(path.stem for path in (ASSETS / "charts").glob("*.yaml"))
DATASETS = sorted(path.stem for path in (ASSETS / "datasets" / "tacit").glob("*.yaml"))


@dataclass(frozen=True)
class Company:
    """A simulated company that is published, and the server that shows it."""

    settings: Settings
    server: Superset

    def look(self, question: str) -> list[tuple[Any, ...]]:
        """Ask what is published, past the server."""
        with closing(duckdb.connect(str(published_file(self.settings)), read_only=True)) as read:
            return read.execute(question).fetchall()

    def chart(self, name: str) -> list[dict[str, Any]]:
        """Return the rows with which the server draws a chart."""
        title = asset("charts", name)["slice_name"]
        charts = self.server.ask("/chart/?q=(page_size:100)")["result"]
        [number] = [chart["id"] for chart in charts if chart["slice_name"] == title]
        [answer] = self.server.ask(f"/chart/{number}/data/?force=true")["result"]
        assert answer["error"] is None
        return answer["data"]


def asset(*path: str) -> dict[str, Any]:
    file = ASSETS.joinpath(*path[:-1], f"{path[-1]}.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def published_file(settings: Settings) -> Path:
    """The file that a BI tool opens, by the link that each publication moves."""
    return publication.published_path(settings) / "current" / "tacit.duckdb"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    command = [str(Path(sys.executable).with_name("tacit")), "demo", str(folder / "demo")]
    subprocess.run([*command, "--people", "150", "--weeks", "20", "--quiet"], check=True)
    settings = load_settings(folder / "demo" / "tacit.yml")
    place = tmp_path_factory.mktemp("superset")
    with superset(place, published_file(settings)) as server:
        yield Company(settings, server)


def as_date(milliseconds: float) -> date:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).date()


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_answered(company: Company, name: str) -> None:
    rows = company.chart(name)
    assert rows
    value = {"withheld": "withheld_share", "programme_effects": "effect", "few_people": "band"}
    value["data_quality"] = "events"
    assert any(row[value.get(name, "value")] is not None for row in rows)


def test_a_line_has_the_published_numbers(company: Company) -> None:
    answered = {
        (as_date(row["week_start"]), row["segment_value"]): row["value"]
        for row in company.chart("network_size_by_department")
    }
    published = company.look(
        "select week_start, segment_value, value from bi.segment_weeks"
        " where segment_type = 'department' and metric = 'network_size' and statistic = 'median'"
    )
    assert answered == {(week, name): value for week, name, value in published}
    # A withheld cell is a gap.
    assert None in answered.values()


def test_the_matrix_is_that_of_the_last_week(company: Company) -> None:
    answered = {
        (row["from_department"], row["to_department"]): row["value"]
        for row in company.chart("department_matrix")
    }
    published = company.look(
        "select from_department, to_department, value from bi.unit_pair_weeks"
        " where metric = 'share'"
        " and week_start = (select max(week_start) from bi.unit_pair_weeks)"
    )
    assert answered == {(one, other): value for one, other, value in published}


def test_a_table_shows_every_row_once(company: Company) -> None:
    answered = [
        (row["programme_name"], row["outcome"], row["horizon_weeks"], row["design"], row["effect"])
        for row in company.chart("programme_effects")
    ]
    published = company.look(
        "select programme_name, outcome, horizon_weeks, design, effect from bi.programme_effects"
        " where not is_without_fellow_pairs"
    )
    key = lambda row: tuple(map(str, row))  # noqa: E731
    assert sorted(answered, key=key) == sorted(published, key=key)


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_has_the_columns_that_are_published(company: Company, name: str) -> None:
    dataset = asset("datasets", "tacit", name)
    question = dataset["sql"] or f"from bi.{dataset['table_name']}"
    published = company.look(f"describe {question}")
    assert {column["column_name"]: column["type"] for column in dataset["columns"]} == {
        name: type_ for name, type_, *_ in published
    }
    uuids = [one["uuid"] for one in company.server.ask("/dataset/?q=(page_size:100)")["result"]]
    assert dataset["uuid"] in uuids


def test_the_file_is_opened_as_hardened_as_tacit_shell_opens_it() -> None:
    connection = asset("databases", "tacit")["extra"]["engine_params"]["connect_args"]
    assert connection["config"] == publication.HARDENED


def test_the_dashboard_shows_every_chart(company: Company) -> None:
    charts = company.server.ask("/dashboard/tacit/charts")["result"]
    assert sorted(chart["slice_name"] for chart in charts) == sorted(
        asset("charts", name)["slice_name"] for name in CHARTS
    )


def test_the_database_can_be_read_and_nothing_else(company: Company) -> None:
    databases = company.server.ask("/database/")["result"]
    [number] = [one["id"] for one in databases if one["database_name"] == "tacit"]
    asked = {"database_id": number, "runAsync": False, "schema": "bi"}
    run = "/sqllab/execute/"
    [row] = company.server.ask(run, {**asked, "sql": "select weeks from bi.release"})["data"]
    assert row == {"weeks": 20}
    warehouse = warehouse_path(company.settings)
    for statement in (
        "delete from bi.release",
        "create table bi.mine as select 1 as one",
        "select * from read_text('/etc/hostname')",
        f"attach '{warehouse}' as warehouse",
        "set enable_external_access = true",
        "install httpfs",
    ):
        status, said = company.server.try_to_ask(run, {**asked, "sql": statement})
        assert status != 200
        assert said["errors"]


def test_the_next_question_is_answered_from_the_next_publication(company: Company) -> None:
    [before] = {row["value"] for row in company.chart("network_size")[-1:]}
    with duckdb.connect(str(warehouse_path(company.settings))) as warehouse:
        warehouse.execute("update bi.segment_weeks set value = value + 100 where not is_withheld")
    # Nobody behind has changed: without this what was published would stay.
    forget(company.settings)
    publication.promote(publication.write_candidate(company.settings, "another"))
    [after] = {row["value"] for row in company.chart("network_size")[-1:]}
    assert after == before + 100


def test_a_browser_draws_the_dashboard(company: Company) -> None:
    with browser(company.server) as window:
        wait = WebDriverWait(window.driver, 3 * PATIENCE_SECONDS)
        window.resize((1280, 3300))
        window.go("/login/")
        wait.until(lambda driver: driver.find_elements(By.ID, "username"))
        window.driver.find_element(By.ID, "username").send_keys(USER)
        window.driver.find_element(By.ID, "password").send_keys(company.server.password, Keys.ENTER)
        wait.until(lambda _: window.path == "/superset/welcome/")
        window.go("/superset/dashboard/tacit/")
        drawn = "[data-test-viz-type] canvas, [data-test-viz-type] tbody"
        wait.until(lambda driver: len(driver.find_elements(By.CSS_SELECTOR, drawn)) >= len(CHARTS))
        text = window.see("body")
    for name in CHARTS:
        assert asset("charts", name)["slice_name"] in text
    assert "error" not in text.lower()
