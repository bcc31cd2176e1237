"""A cell is followed down to what made it, and comes out the same when counted again from there.

`TACIT_RANDOM_COMPANIES=200 pytest tests/unit/test_explanation.py` draws so many companies.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_pipelines.errors import UsageError
from dagster_pipelines.explanation import Explanation, explain, explain_in
from dagster_pipelines.explanation.routes import MARTS
from dagster_pipelines.settings import load_settings
from dagster_pipelines.sqlfiles import SQL, repository, statements
from tests.harness import project
from tests.harness.companies import companies
from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.project import compiled_project
from tests.harness.raw import ids_of, raw_tables
from tests.harness.warehouse import Row, Warehouse
from tests.reference.worked_example import WEEK_START, WorkedExample

MANY = os.environ.get("TACIT_RANDOM_COMPANIES")
CELLS_OF_A_MART = 8


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(compiled_project(), (*project.MARTS, "dim_metrics", "dim_programmes"))


@pytest.fixture(scope="module")
def example() -> Company:
    """The worked example of docs/metrics.md as a company of the harness."""
    worked = WorkedExample()
    return Company(
        roster=tuple(
            RosterRecord(row.person, row.manager, team=row.team, job_level=row.job_level)
            for row in worked.roster_rows
        ),
        interactions=tuple(
            InteractionRecord(
                event.event_id, event.channel, event.source, target, event.occurred_at,
                minutes=event.minutes,
            )
            for event in worked.events
            for target in event.targets
        ),
        parties=worked.parties,
        parameters=worked.parameters,
    )  # fmt: skip


def clauses() -> Iterator[tuple[str, str]]:
    """The clause over each statement that finds rows, by file and section."""
    for path in sorted((SQL / "explain").glob("*.sql")):
        for name, section in statements(path).items():
            said = list(takewhile(lambda line: line.startswith("--"), section.splitlines()))
            if said:
                yield f"{path.stem}.{name}", " ".join(line[3:] for line in said)


@pytest.mark.parametrize(("where", "clause"), list(clauses()))
def test_what_is_quoted_stands_in_the_definitions(where: str, clause: str) -> None:
    page = (repository() / "docs/metrics.md").read_text(encoding="utf-8")
    words = re.sub(r"\s+", " ", page)
    assert clause.rstrip(".") in words, where


def test_every_step_of_a_route_quotes_a_clause() -> None:
    quoted = {where for where, _ in clauses()}
    for mart in MARTS:
        for column in columns_of(mart):
            route = MARTS[mart].route(column)
            for step in route.steps if route else ():
                assert f"{step.table}.{step.way}" in quoted


def test_the_records_of_every_format_are_looked_for() -> None:
    """A format that is added, and not here, would have events without a place in the exports."""
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        for declaration in project.declarations():
            connection.execute(declaration)
        holding_events = connection.execute(
            "select table_name from duckdb_columns()"
            " where schema_name = 'raw' and column_name = 'event_id'"
        ).fetchall()
    looked_for = statements(SQL / "explain" / "records.sql")["of_events"]
    assert len(holding_events) >= 6
    for (table,) in holding_events:
        assert f"raw.{table}" in looked_for


def columns_of(mart: str) -> list[str]:
    """The columns of a mart, as its contract has them."""
    text = (repository() / f"dbt_project/models/marts/{mart}.yml").read_text(encoding="utf-8")
    return re.findall(r"^      - name: (\w+)", text, re.MULTILINE)


def test_the_worked_example_is_followed_to_its_events(
    warehouse: Warehouse, example: Company
) -> None:
    ids = ids_of(example)
    warehouse.build(raw_tables(example, ids))

    def bob(column: str) -> Explanation:
        key = {"person_id": ids["bob"], "week_start": WEEK_START}
        return explain_in(warehouse.connection, "fct_person_weeks", key, column)

    ties = bob("network_size")
    assert (ties.value, ties.again, ties.recounted, ties.differing) == (2, 2, 1, 0)
    [_, tied, days, events, _] = ties.steps
    assert {row["contact_id"] for row in tied.rows} == {ids["ann"], ids["dan"]}
    # Monday's mail to both, Wednesday's to Bob, Thursday's meeting; not Friday's broadcast.
    assert sorted(row["date"].day for row in days.rows) == [2, 2, 4, 5]
    assert sorted(row["participant_count"] for row in events.rows) == [2, 3, 3, 3]

    initiated = bob("lifting_initiated")
    assert (initiated.value, initiated.again, initiated.differing) == (3, 3, 0)
    assert initiated.steps[1].looked_at == 5
    assert [row["lifting_class"] for row in initiated.steps[1].rows].count("own_manager") == 2
    # Wednesday's mail was Dan's.
    assert sorted(row["date"].day for row in initiated.steps[2].rows) == [2, 2, 5]


def test_a_figure_that_does_not_follow_from_its_rows_is_told(
    warehouse: Warehouse, example: Company
) -> None:
    ids = ids_of(example)
    warehouse.build(raw_tables(example, ids))
    key = {"person_id": ids["bob"], "week_start": WEEK_START}
    run = warehouse.connection.execute
    run("update marts.fct_person_weeks set network_size = 3 where person_id = ?", [ids["bob"]])
    found = explain_in(warehouse.connection, "fct_person_weeks", key, "network_size")
    assert (found.value, found.again, found.differing) == (3, 2, 1)


@settings(
    max_examples=int(MANY or 8),
    derandomize=MANY is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(company=companies(), seed=st.integers(0, 999))
def test_every_cell_comes_out_the_same_when_counted_again(
    warehouse: Warehouse, company: Company, seed: int
) -> None:
    warehouse.build(raw_tables(company, ids_of(company)))
    for mart, key, column in cells(warehouse, random.Random(seed)):
        found = explain_in(warehouse.connection, mart, key, column)
        assert found.differing == 0, (mart, key, column, found.value, found.again)


def cells(warehouse: Warehouse, rng: random.Random) -> Iterator[tuple[str, Row, str]]:
    """Some cells of each mart: its name, the row's key, the column."""
    for mart, of in MARTS.items():
        names = [name for name, _ in of.key]
        rows = rows_of(warehouse, mart)
        for _ in range(CELLS_OF_A_MART if rows else 0):
            row = rng.choice(rows)
            can = [name for name in row if name not in names and of.route(name)]
            if all(row[name] is not None for name in names):
                yield mart, {name: row[name] for name in names}, rng.choice(can)


def rows_of(warehouse: Warehouse, mart: str) -> list[Row]:
    """The rows of a mart; programmes by their names."""
    rows = warehouse.rows(mart)
    if "programme_name" in dict(MARTS[mart].key):
        names = {row["programme_id"]: row["programme_name"]
                 for row in warehouse.rows("dim_programmes")}  # fmt: skip
        rows = [{"programme_name": names[row["programme_id"]], **row} for row in rows]
    return rows


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("fct_moods", "1"), "MART: 'fct_moods' is none whose cells can be explained"),
        (
            ("fct_ties", "1", "2"),
            "write `tacit explain fct_ties PERSON_A_ID PERSON_B_ID WEEK_START",
        ),
        (("fct_ties", "1", "x", "2026-03-02", "interactions"), "person_b_id is a whole number."),
        (("fct_ties", "1", "2", "March", "interactions"), "week_start is a date such as"),
        (("fct_ties", "1", "2", "2026-03-02", "interactions"), "nothing is loaded here yet"),
        (
            ("fct_programme_effects", "A", "standard", "network_size", "4", "perhaps", "effect"),
            "is_without_fellow_pairs is true or false.",
        ),
    ],
)
def test_what_cannot_be_explained_gets_a_sentence(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "hr.csv").write_text("person_id\n1\n")
    (tmp_path / "tacit.yml").write_text(
        "data_dir: data\norganisation: {timezone: UTC}\nprivacy: {key_file: key}\n"
        "sources: [{name: hr, format: roster_csv, path: hr.csv}]\n"
    )
    mart, *rest = words
    with pytest.raises(UsageError, match=re.escape(sentence)):
        explain(load_settings(tmp_path / "tacit.yml"), mart, rest)


def test_a_mart_that_is_not_built_yet_gets_a_sentence() -> None:
    key = {"person_a_id": 1, "person_b_id": 2, "week_start": WEEK_START}
    said = r"marts\.fct_ties, or what made it, is not built .* `tacit run` builds it\."
    with duckdb.connect() as connection, pytest.raises(UsageError, match=said):
        explain_in(connection, "fct_ties", key, "interactions")


def test_a_row_or_column_that_is_not_there_gets_a_sentence(
    warehouse: Warehouse, example: Company
) -> None:
    ids = ids_of(example)
    warehouse.build(raw_tables(example, ids))

    def ask(person: int, column: str) -> Any:
        key = {"person_id": person, "week_start": WEEK_START}
        return explain_in(warehouse.connection, "fct_person_weeks", key, column)

    with pytest.raises(UsageError, match=r"has no such row\. A week is written as its Monday"):
        ask(1, "network_size")
    with pytest.raises(UsageError, match=r"COLUMN: name one of fct_person_weeks .* network_size"):
        ask(ids["bob"], "mood")
