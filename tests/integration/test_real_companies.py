"""Real companies, held against published figures and the plain reading.

One goes through the whole job; of the others the exports are loaded and dbt's models built.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import identities
from dagster_pipelines.job import run_job
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.warehouse import connect, warehouse_path
from tests.harness.browser import look_through
from tests.harness.comparison import (
    TABLES,
    cells_that_differ,
    communities_that_part_worse,
    name_derived_units_alike,
    rows_of_reading,
)
from tests.harness.dbt import run_dbt
from tests.harness.landed import landed
from tests.harness.pages import served
from tests.reference import real_data
from tests.reference.model import Reading

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

MANUFACTURING = """
organisation: {{name: Manufacturing, timezone: Europe/Warsaw}}
sources:
  - {{name: hr, format: roster_csv, path: {folder}/reportsto.csv, derive_units: {derive_units},
     columns: {{person_id: ID, manager_id: ReportsToID}}}}
  - {{name: mail, format: interaction_csv, path: {folder}/communication.csv, channel: email,
     delimiter: ";", columns: {{source: Sender, target: Recipient, occurred_at: EventDate}}}}
privacy: {{key_file: key}}
"""

KRACKHARDT = """
organisation: {{name: Krackhardt, timezone: UTC}}
sources:
  - {{name: hr, format: roster_csv, path: {folder}/people.csv, grades: [3, 2, 1],
     columns: {{person_id: person, manager_id: manager, job_level: level, department: dept}}}}
  - {{name: advice, format: interaction_csv, path: advice.csv, channel: pair,
     columns: {{source: src, target: dst, occurred_at: asked_on}}}}
coverage: {{from: {monday}, to: {monday}}}
parameters: {{interaction_profile: every_contact, tie_min_interactions: 1, tie_window_weeks: 1,
  rank_bases: [{rank_bases}]}}
privacy: {{key_file: key}}
"""


@dataclass(frozen=True)
class Loaded:
    """A company after its run: the open warehouse, and who is behind each identifier_id."""

    warehouse: duckdb.DuckDBPyConnection
    names: dict[int, str]
    settings: Settings

    def one(self, question: str) -> tuple:
        """The one row that answers a question."""
        return self.warehouse.execute(question).fetchall()[0]

    def rows(self, table: str) -> list[dict]:
        """All rows of a table, people by name."""
        found = self.warehouse.table(table).to_arrow_table().to_pylist()
        for row in found:
            for column in ("person_id", "manager_id", "person_a_id", "person_b_id"):
                if column in row:
                    row[column] = self.names.get(row[column])
        return found


def run(folder: Path, text: str) -> Loaded:
    """Run the whole job on the `tacit.yml` of this text."""
    (folder / "tacit.yml").write_text(text)
    settings = load_settings(folder / "tacit.yml")
    result = run_job(settings)
    assert result.succeeded, (result.errors, result.failed_checks)
    return Loaded(connect(warehouse_path(settings), read_only=True), names_of(settings), settings)


def built(folder: Path, text: str) -> Loaded:
    """Load the exports of the `tacit.yml` of this text; build the models without their tests."""
    (folder / "tacit.yml").write_text(text)
    settings = load_settings(folder / "tacit.yml")
    assert landed(settings).unbalanced() == []
    only_models = ("build", "--exclude-resource-type", "test", "unit_test")
    done = run_dbt(warehouse_path(settings), folder / "target", *only_models)
    assert done.success, done.exception
    return Loaded(connect(warehouse_path(settings), read_only=True), names_of(settings), settings)


def names_of(settings: Settings) -> dict[int, str]:
    """The identifier behind each identifier_id, out of the exports."""
    with identities.Vault.open(settings) as vault:
        return {
            identifier_id: form
            for _, form, identifier_id in identities.read_identifiers(settings, vault)
            if identifier_id is not None
        }


def folder_of(name: str) -> Path:
    folder = real_data.data_folder(name)
    if folder is None:
        pytest.skip(f"the real data {name} are not beside the checkout")
    return folder


@pytest.fixture(scope="module", params=[False, True], ids=["as_it_is", "derived_units"])
def manufacturing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Loaded, Reading]]:
    source = folder_of("manufacturing_email")
    text = MANUFACTURING.format(folder=source, derive_units=str(request.param).lower())
    prepare = built if request.param else run
    loaded = prepare(tmp_path_factory.mktemp("manufacturing"), text)
    with closing(loaded.warehouse):
        yield loaded, real_data.manufacturing(derive_units=request.param).reading


@pytest.fixture(scope="module")
def krackhardt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    source = folder_of("krackhardt_managers")
    folder = tmp_path_factory.mktemp("krackhardt")
    monday = real_data.KRACKHARDT_MONDAY
    with (source / "advice.csv").open() as asked, (folder / "advice.csv").open("w") as dated:
        for number, line in enumerate(asked):
            dated.write(f"{line.strip()},{monday if number else 'asked_on'}\n")
    text = KRACKHARDT.format(folder=source, monday=monday, rank_bases="line, grade, depth")
    loaded = built(folder, text)
    with closing(loaded.warehouse):
        yield loaded


def differing_cells(loaded: Loaded, reading: Reading, *, derived: bool) -> list[str]:
    ours = {table.mart: loaded.rows(f"marts.{table.mart}") for table in TABLES}
    theirs = rows_of_reading(reading)
    for row in ours["fct_ties"]:
        pair = sorted((row.pop("person_a_id"), row.pop("person_b_id")))
        row["person_a"], row["person_b"] = pair
    for table in TABLES:
        known = set().union(*theirs[table.mart][:1])
        ours[table.mart] = [
            {column: value for column, value in row.items() if column in known}
            for row in ours[table.mart]
        ]
    found = name_derived_units_alike(ours, theirs) if derived else []
    for table in TABLES:
        found.extend(cells_that_differ(table, ours[table.mart], theirs[table.mart]))
    return [*found, *communities_that_part_worse(ours, theirs)]


def test_every_cell_of_the_manufacturing_marts_is_that_of_the_plain_reading(
    manufacturing: tuple[Loaded, Reading], request: pytest.FixtureRequest
) -> None:
    loaded, reading = manufacturing
    derived = "derived" in request.node.callspec.id
    assert reading.person_weeks
    assert reading.segment_weeks
    # A roster without units has no pairs of them.
    assert bool(reading.unit_pair_weeks) is derived
    assert differing_cells(loaded, reading, derived=derived)[:5] == []


def test_the_dashboard_shows_manufacturing_in_a_browser_once_it_is_published(
    manufacturing: tuple[Loaded, Reading], request: pytest.FixtureRequest
) -> None:
    loaded, _ = manufacturing
    with served(loaded.settings) as dashboard:
        if "derived" in request.node.callspec.id:
            assert dashboard.get("/").status == 503
        else:
            look_through(dashboard)


def test_manufacturing_totals_are_those_that_its_owner_counted(
    manufacturing: tuple[Loaded, Reading],
) -> None:
    loaded, _ = manufacturing
    assert loaded.one(
        """
        select count(*), count(distinct week_start), sum(lifting_interactions),
            sum(coaching_given), sum(lifting_beyond_manager), sum(network_size)
        from marts.fct_person_weeks
        """
    ) == (5852, 38, 28050, 28050, 15384, 64114)


def test_manufacturing_mail_is_loaded_to_the_last_row(
    manufacturing: tuple[Loaded, Reading],
) -> None:
    loaded, _ = manufacturing
    assert loaded.one(
        "select records, loaded, duplicate, quarantined from raw.files where source_name = 'mail'"
    ) == (82927, 82614, 313, 0)
    assert loaded.one("select sum(copies) from raw.interaction_csv_rows") == (82927,)
    assert loaded.one("select count(*) from intermediate.int_events") == (58463,)
    assert loaded.one(
        """
        select sum(copies) from raw.interaction_csv_rows
        where source_identifier_id = target_identifier_id
        """
    ) == (51,)
    assert loaded.one(
        """
        select count(*) from (
            select source_identifier_id from raw.interaction_csv_rows
            union select target_identifier_id from raw.interaction_csv_rows
        )
        """
    ) == (167,)
    assert loaded.one(
        """
        select count(distinct (least(source_identifier_id, target_identifier_id),
            greatest(source_identifier_id, target_identifier_id)))
        from raw.interaction_csv_rows where source_identifier_id != target_identifier_id
        """
    ) == (3250,)


def test_manufacturing_reporting_lines_are_those_of_the_roster(
    manufacturing: tuple[Loaded, Reading],
) -> None:
    loaded, _ = manufacturing
    depths = loaded.warehouse.execute(
        "select reporting_depth, count(*) from marts.dim_people group by all order by all"
    ).fetchall()
    assert depths == [(0, 1), (1, 11), (2, 64), (3, 33), (4, 44), (5, 1)]
    (root,) = loaded.one("select person_id from marts.dim_people where reporting_depth = 0")
    assert loaded.names[root] == "86"
    assert loaded.one("select findings from marts.dim_people where reporting_depth = 0") == (
        "manager_is_oneself",
    )
    assert loaded.one(
        """
        select count(*) from (
            select source_identifier_id as id from raw.interaction_csv_rows
            union select target_identifier_id from raw.interaction_csv_rows
        )
        where id not in (select person_id from marts.dim_people)
        """
    ) == (13,)


def test_manufacturing_rows_go_up_level_and_down_as_its_owner_counted(
    manufacturing: tuple[Loaded, Reading],
) -> None:
    loaded, _ = manufacturing
    assert loaded.one(
        """
        select
            sum(copies) filter (targets.reporting_depth < sources.reporting_depth),
            sum(copies) filter (targets.reporting_depth = sources.reporting_depth),
            sum(copies) filter (targets.reporting_depth > sources.reporting_depth)
        from raw.interaction_csv_rows as mail
        inner join marts.dim_people as sources on mail.source_identifier_id = sources.person_id
        inner join marts.dim_people as targets on mail.target_identifier_id = targets.person_id
        where mail.source_identifier_id != mail.target_identifier_id
        """
    ) == (26295, 27016, 29366)


def test_krackhardt_networks_and_departments_are_those_that_networkx_computed(
    krackhardt: Loaded,
) -> None:
    expected = json.loads((folder_of("krackhardt_managers") / "expected.json").read_text())
    found = {row["person_id"]: row for row in krackhardt.rows("marts.fct_person_weeks")}
    assert found.keys() == expected["people"].keys()
    for person, figures in expected["people"].items():
        row = found[person]
        assert row["network_size"] == figures["size_any"]
        assert row["departments_reached"] == figures["ndept_excl_own"]
        assert row["cross_department_contacts"] == figures["ext_contacts"]
        assert row["department_ei_index"] == pytest.approx(figures["ei"], abs=1e-9)
        assert row["department_blau"] == pytest.approx(figures["blau"], abs=1e-9)
        assert row["department_shannon"] == pytest.approx(figures["shannon"], abs=1e-9)
        assert row["lifting_contacts"] == figures["lift_any"]
        assert row["lifting_initiated"] == figures["lift_out"]
        assert row["lifting_interactions"] - row["lifting_initiated"] == figures["lift_in"]
        assert row["week_start"] == real_data.KRACKHARDT_MONDAY


def test_krackhardt_advice_goes_to_managers_and_above_as_networkx_counted(
    krackhardt: Loaded,
) -> None:
    expected = json.loads((folder_of("krackhardt_managers") / "expected.json").read_text())
    with (folder_of("krackhardt_managers") / "people.csv").open() as people:
        manager_of = {row["person"]: row["manager"] or None for row in csv.DictReader(people)}
    found = {row["person_id"]: row for row in krackhardt.rows("marts.fct_person_weeks")}
    assert {person: row["manager_id"] for person, row in found.items()} == manager_of
    asked = krackhardt.warehouse.execute(
        """
        select
            sum(interactions) filter (lifting_class = 'own_manager' and is_upward),
            sum(interactions) filter (lifting_class = 'skip_level' and is_upward),
            sum(interactions) filter (is_upward)
        from (
            select lifting_class, a_to_b_interactions as interactions,
                ranks_above = 'b' as is_upward
            from marts.fct_interactions
            union all
            select lifting_class, b_to_a_interactions, ranks_above = 'a' from marts.fct_interactions
        )
        """
    ).fetchall()[0]
    figures = expected["global"]
    assert asked == (figures["arcs_to_manager"], figures["arcs_to_skip"], figures["arcs_up"])
