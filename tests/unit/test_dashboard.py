"""`tacit dashboard` and `tacit report`: what is published, as pages.

The tables are of our own making (`tests.harness.published`): what a page must say is read off them.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.cli import run
from dagster_pipelines.dashboard.figures import Column, Figure, Kind, Page, as_csv, written
from dagster_pipelines.dashboard.pages import PAGES
from dagster_pipelines.dashboard.published import Published, Row
from dagster_pipelines.settings import Settings
from tests.harness.pages import Dashboard, ReadPage, served
from tests.harness.published import (
    opened_for_writing,
    settings_in,
    with_guarded_tables_and_definitions,
)

CONFIG = """
sources: [{name: hr, format: roster_csv, path: hr.csv}]
privacy: {key_file: key}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company whose numbers are guarded and not yet published."""
    return with_guarded_tables_and_definitions(tmp_path)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The dashboard of such a company, whose numbers are published and stay as they are."""
    settings = with_guarded_tables_and_definitions(tmp_path_factory.mktemp("company"))
    publish(settings)
    with served(settings) as dashboard:
        yield dashboard


def change(settings: Settings, statements: str) -> None:
    """Change what will be published next."""
    with opened_for_writing(settings) as warehouse:
        warehouse.execute(statements)


def publish(settings: Settings) -> str:
    """Publish; return the generation's name."""
    return publication.promote(publication.write_candidate(settings, "run")).name


@pytest.mark.parametrize("slug", list(PAGES))
def test_each_page_is_whole_and_fetches_nothing_from_elsewhere(
    dashboard: Dashboard, slug: str
) -> None:
    answer = dashboard.get(f"/{slug}")
    assert answer.status == 200
    assert "script" not in ReadPage.of(answer.text).tags
    page = ReadPage.of(answer.text)
    assert PAGES[slug].question in page.text
    assert [link for link in page.links if not link.startswith(("/", "#", "data:"))] == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert all(link in page.links for link in (f"/{other}" for other in PAGES))
    assert len(set(page.ids)) == len(page.ids)


def test_one_arrives_at_the_overview(dashboard: Dashboard) -> None:
    assert PAGES["overview"].question in dashboard.read("/").text


def test_a_figure_says_what_it_is_of(dashboard: Dashboard) -> None:
    page = dashboard.read("/overview")
    # Sales has 20 people; Board and Legal are withheld.
    said = page.text[page.text.index("Network size by department") :]
    assert "With how many people does a person interact?" in said
    assert (
        "unit people window the window: the weeks (tie_window_weeks, 4 by default) that end with"
        " the week rests on 20 people cells 2 of 3 withheld"
    ) in said
    assert "Sees only what the exports see." in said


def test_a_tile_is_the_number_that_is_published(dashboard: Dashboard) -> None:
    assert "Network size, mean 7.50 not known four weeks before" in dashboard.read("/overview").text


def test_a_picture_has_a_sentence_for_who_cannot_see_it(dashboard: Dashboard) -> None:
    for alternative, address in dashboard.read("/overview").pictures:
        assert address.startswith("data:image/svg+xml;base64,")
        assert len(alternative.split()) > 3
    sentence, _ = dashboard.read("/overview").pictures[0]
    assert sentence == (
        "Network size, week by week. The mean was 7.50 in the week of 2026-01-05 and 7.50 in that"
        " of 2026-01-19."
    )


def test_what_is_chosen_is_shown_and_what_there_is_not_is_the_first(dashboard: Dashboard) -> None:
    chosen = dashboard.read("/silos?metric=interactions").text
    assert "Interactions between departments" in chosen
    assert "Ties between departments" in dashboard.read("/silos?metric=gossip").text
    assert "Ties between departments" in dashboard.read("/silos?metric=").text


def test_where_all_is_withheld_it_says_so(settings: Settings) -> None:
    change(
        settings,
        "update bi.segment_weeks set value = null, people = null, is_withheld = true"
        " where segment_type = 'department'",
    )
    publish(settings)
    with served(settings) as dashboard:
        said = dashboard.read("/overview").text
    assert "All of it is withheld: in every cell there are fewer than 5 people" in said


def test_where_there_is_nothing_it_says_what_to_do(settings: Settings) -> None:
    change(settings, "delete from bi.programme_reach; delete from bi.programme_effects")
    publish(settings)
    with served(settings) as dashboard:
        said = dashboard.read("/programmes").text
    assert "No programme is known: name their lists and enrolments in tacit.yml" in said


def test_the_dashboard_follows_what_is_published(settings: Settings) -> None:
    publish(settings)
    with served(settings) as dashboard:
        assert "Network size, mean 7.50" in dashboard.read("/overview").text
        change(settings, "update bi.segment_weeks set value = 9.25 where metric = 'network_size'")
        generation = publish(settings)
        page = dashboard.read("/overview").text
    assert "Network size, mean 9.25" in page
    assert generation in page


def test_before_anything_is_published_it_says_so_and_then_shows_it(settings: Settings) -> None:
    with served(settings) as dashboard:
        answer = dashboard.get("/overview")
        assert answer.status == 503
        assert "Nothing is published yet; `tacit run` publishes." in ReadPage.of(answer.text).text
        publish(settings)
        assert dashboard.get("/overview").status == 200


def test_a_publication_that_is_gone_is_a_sentence(settings: Settings) -> None:
    generation = publish(settings)
    shutil.rmtree(publication.published_path(settings) / generation)
    with served(settings) as dashboard:
        answer = dashboard.get("/overview")
    assert answer.status == 503
    assert "is what is published, and it is not there" in ReadPage.of(answer.text).text


def test_what_is_not_there_is_said(dashboard: Dashboard) -> None:
    for path in ("/secrets", "/overview/nothing.csv", "/nothing/at.csv", "/a/b/c"):
        answer = dashboard.get(path)
        assert answer.status == 404, path
        assert "There is no such" in ReadPage.of(answer.text).text


def test_who_calls_it_by_another_name_is_refused(dashboard: Dashboard) -> None:
    assert dashboard.get("/overview", Host="elsewhere.example").status == 400


HOSTILE = "=HYPERLINK(1)<script>alert(1)</script>\"'"


def test_a_name_is_never_run_neither_in_a_page_nor_in_a_spreadsheet(settings: Settings) -> None:
    with opened_for_writing(settings) as warehouse:
        warehouse.execute(
            "update bi.segment_weeks set segment_value = ? where segment_value = 'Sales'", [HOSTILE]
        )
    publish(settings)
    with served(settings) as dashboard:
        page = dashboard.read("/overview")
        exported = dashboard.get("/overview/network_size-by-department.csv")
    assert HOSTILE in page.text
    assert "script" not in page.tags
    cells = [cell for row in csv.reader(io.StringIO(exported.text)) for cell in row]
    assert f"'{HOSTILE}" in cells
    assert HOSTILE not in cells


def test_a_csv_has_the_rows_of_its_figure_in_full(dashboard: Dashboard) -> None:
    answer = dashboard.get("/silos/matrix.csv?metric=interactions")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "silos-matrix.csv" in answer.headers["content-disposition"]
    assert list(csv.DictReader(io.StringIO(answer.text))) == [
        {
            "from_department": "Sales",
            "to_department": "Sales",
            "value": "40.0",
            "is_withheld": "False",
        }
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "|x", "%x"]
)
def test_no_text_of_a_csv_begins_a_formula(text: str) -> None:
    figure = Figure(
        "f", "F", [{"name": text, "value": -1.5}], (Column("name", ""), Column("value", ""))
    )
    assert list(csv.reader(io.StringIO(as_csv(figure), newline="")))[1] == [f"'{text}", "-1.5"]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.NUMBER, ""),
        (0.0, Kind.NUMBER, "0"),
        (0.22, Kind.NUMBER, "0.220"),
        (-0.00497, Kind.NUMBER, "-0.00497"),
        (0.000000012, Kind.NUMBER, "0.000000"),
        (9.996, Kind.NUMBER, "10.00"),
        (8, Kind.NUMBER, "8.00"),
        (12.345, Kind.NUMBER, "12.3"),
        (-1.0, Kind.NUMBER, "-1.00"),
        (1234.5, Kind.NUMBER, "1,234"),
        (0.4071, Kind.SHARE, "40.7 %"),
        (12345, Kind.COUNT, "12,345"),
        ("name", Kind.TEXT, "name"),
    ],
)
def test_numbers_are_written_as_people_read_them(value: object, kind: Kind, text: str) -> None:
    assert written(value, kind) == text


class Listening(Published):
    """A publication that remembers of which tables it was asked."""

    def _rows(self, statement: str, parameters: Mapping[str, object]) -> list[Row]:
        self.tables |= set(re.findall(r"\bbi\.(\w+)", statement))
        return super()._rows(statement, parameters)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_reads_the_tables_that_it_says(settings: Settings, page: Page) -> None:
    publish(settings)
    generation, connection = publication.open_current(settings)
    with closing(connection):
        listening = Listening(generation.name, connection)
        listening.tables = set()
        page.show(listening, {})
    of_every_page = {"metric_definitions", "release"}
    assert listening.tables | of_every_page == page.reads | of_every_page


@pytest.mark.parametrize(
    "lacking", ["drop table bi.programme_engagement", "delete from bi.metric_definitions"]
)
def test_what_another_version_published_is_a_sentence(settings: Settings, lacking: str) -> None:
    database = publication.published_path(settings) / publish(settings) / publication.DATABASE
    database.chmod(0o644)
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute(lacking)
    with served(settings) as dashboard:
        answer = dashboard.get("/programmes")
        assert dashboard.get("/definitions").status == 200
    assert answer.status == 503
    said = ReadPage.of(answer.text).text
    assert "was published by another version of tacit, and lacks what this page shows" in said


def test_the_report_is_one_file_with_every_page(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(settings)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    assert run(["report", "all.html"]) == 0
    page = ReadPage.of((tmp_path / "all.html").read_text(encoding="utf-8"))
    for shown in PAGES.values():
        assert shown.question in page.text
    assert [link for link in page.links if not link.startswith(("#", "data:"))] == []
    assert "script" not in page.tags
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert list(tmp_path.glob(".all.html*")) == []


def test_a_report_of_nothing_is_a_sentence_and_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    (tmp_path / "all.html").write_text("the last one")
    assert run(["report", "all.html"]) == 1
    assert "Nothing is published yet" in capsys.readouterr().err
    assert (tmp_path / "all.html").read_text() == "the last one"
    assert run(["report", "nowhere/all.html"]) == 2
    assert "nowhere/all.html: name a file in a folder that is there" in capsys.readouterr().err


def test_a_port_that_is_taken_is_a_sentence(
    dashboard: Dashboard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tacit.yml").write_text(CONFIG)
    assert run(["dashboard", "--port", str(dashboard.port)]) == 2
    assert f"Port {dashboard.port} of 127.0.0.1 is taken" in capsys.readouterr().err
