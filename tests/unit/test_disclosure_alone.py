"""The audit of tables whose cells have nobody's number in common, each change of which it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines.disclosure import alone
from dagster_pipelines.disclosure.attacks import DOMINATED, MOVED
from dagster_pipelines.warehouse import warehouse_path
from tests.harness.published import with_guarded_tables

LEAST = 5


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse_path(with_guarded_tables(tmp_path_factory.mktemp("company")))


@pytest.fixture
def company(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is warehouse and candidate at once; what a test changes is undone."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def said(company: duckdb.DuckDBPyConnection) -> list[str]:
    return list(alone.audit(company, company, LEAST, lambda *_: None))


def test_what_rests_on_enough_people_is_no_finding(company: duckdb.DuckDBPyConnection) -> None:
    assert said(company) == []


FEW_OR_OTHERS = {
    "update bi.org_structure set people = 23 where metric = 'density'": (
        f"bi.org_structure: density, 1 times: {alone.OTHERS}."
    ),
    "update marts.fct_person_weeks set is_measured = person_id >= 4": (
        f"bi.org_structure: density, 1 times: {alone.LEFT_OVER}."
    ),
    "delete from marts.fct_person_structure where person_id > 3": (
        f"bi.org_structure: people, 1 times: {alone.FEW}."
    ),
    "delete from marts.fct_newcomer_person_weeks where person_id in (4, 5)": (
        f"bi.newcomer_ramp: network_size, 1 times: {alone.FEW}."
    ),
    "update marts.fct_person_weeks set tenure_weeks = 25 where person_id = 10": (
        f"bi.newcomer_ramp: network_size, 1 times: {alone.OTHERS}."
    ),
    "update bi.newcomer_ramp set is_withheld = false, people = 4 where weeks_since_hire = 0": (
        f"bi.newcomer_ramp: network_size, 1 times: {alone.FEW}."
    ),
    "update bi.newcomer_ramp set weeks_since_hire = 3 where population = 'tenured'": (
        f"bi.newcomer_ramp: network_size, 1 times: {alone.UNKNOWN}."
    ),
    "update bi.participation set is_withheld = false, people = 3 where metric = 'questions'": (
        f"bi.participation, week of 2026-01-05: questions, 1 times: {alone.FEW}."
    ),
    # Ten members are the least for a band.
    "delete from intermediate.int_space_contributions where person_id > 8": (
        f"bi.participation, week of 2026-01-05: absence_factor, 1 times: {alone.FEW}."
    ),
    "update intermediate.int_space_contributions set week_start = date '2025-10-13'"
    " where person_id = 9": (
        f"bi.participation, week of 2026-01-05: members, 1 times: {alone.OTHERS}."
    ),
    "update marts.fct_programme_engagement set person_b_id = 6": (
        f"bi.programme_engagement: pairs, 1 times: {alone.OTHERS}."
    ),
    "update bi.programme_engagement set is_withheld = false, people = 4"
    " where metric = 'days_to_first_meeting'": (
        f"bi.programme_engagement: days_to_first_meeting, 1 times: {alone.FEW}."
    ),
    "update bi.programme_effects set is_withheld = false, matched = 3 where horizon_weeks = 12": (
        f"bi.programme_effects: matched, 1 times: {alone.FEW}."
    ),
    "delete from intermediate.int_programme_entries where person_id > 3": (
        f"bi.programme_effects: enrolled, 2 times: {alone.FEW}."
    ),
}


@pytest.mark.parametrize("change", FEW_OR_OTHERS)
def test_a_cell_of_too_few_or_other_people_is_found(
    company: duckdb.DuckDBPyConnection, change: str
) -> None:
    company.execute(change)
    assert FEW_OR_OTHERS[change] in said(company)


def test_a_space_in_which_one_person_says_nearly_everything_is_found(
    company: duckdb.DuckDBPyConnection,
) -> None:
    # The seven others have 14, a tenth of 140 and less than a tenth of 141.
    company.execute(
        "update intermediate.int_space_contributions set contributions = 140 where person_id = 1"
    )
    assert said(company) == []
    company.execute(
        "update intermediate.int_space_contributions set contributions = 141 where person_id = 1"
    )
    assert said(company) == [
        f"bi.participation, week of 2026-01-05: contributions, 1 times: {DOMINATED}."
    ]
    company.execute("update bi.participation set is_withheld = true where metric = 'contributions'")
    assert said(company) == []


def test_a_team_whose_people_are_withheld_elsewhere_is_found(
    company: duckdb.DuckDBPyConnection,
) -> None:
    company.execute("update marts.fct_person_weeks set team = 'Sales 1' where person_id < 9")
    company.execute(
        "insert into bi.participation by name select * replace"
        " ('team' as space_type, 'Sales 1' as space_name, 9 as people)"
        " from bi.participation where metric = 'members'"
    )
    company.execute(
        "insert into bi.segment_weeks by name select * replace"
        " ('team' as segment_type, 'Sales 1' as segment_value, 9 as value, 9 as people)"
        " from bi.segment_weeks where segment_type = 'department' and metric = 'people'"
        " and segment_value = 'Sales'"
    )
    assert said(company) == []
    company.execute(
        "update bi.segment_weeks set is_withheld = true"
        " where segment_type = 'team' and week_start = date '2026-01-05'"
    )
    assert said(company) == [
        f"bi.participation, week of 2026-01-05: members, 1 times: {alone.TOLD}."
    ]


def test_a_pair_that_met_nearly_as_often_as_all_others_together_is_found(
    company: duckdb.DuckDBPyConnection,
) -> None:
    company.execute(
        "insert into bi.programme_engagement by name select * replace ("
        "'sessions_held' as metric, 'mean' as statistic) from bi.programme_engagement"
        " where metric = 'pairs'"
    )
    assert said(company) == []
    company.execute(
        "update marts.fct_programme_engagement set sessions_held = 81 where person_a_id = 1"
    )
    assert said(company) == [f"bi.programme_engagement: sessions_held, 1 times: {DOMINATED}."]


@pytest.fixture
def two_weeks(company: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same nine write twice each in a second week, and a tenth 40 times."""
    company.execute(
        "insert into intermediate.int_space_contributions by name"
        " select 1 as space_id, person_id, 2 as contributions, date '2026-01-12' as week_start"
        " from range(9) as people (person_id)"
        " union all select 1, 20, 40, date '2026-01-12'"
    )
    company.execute(
        "insert into bi.participation by name"
        " select * replace (date '2026-01-12' as week_start, 10 as people)"
        " from bi.participation where metric = 'contributions'"
    )
    return company


def test_who_joins_a_space_whose_others_go_on_as_before_is_found(
    two_weeks: duckdb.DuckDBPyConnection,
) -> None:
    assert said(two_weeks) == [
        f"bi.participation, week of 2026-01-12: contributions, 1 times: {MOVED}."
    ]


@pytest.mark.parametrize(
    "change",
    [
        # The others change by a tenth of his 40; another goes; a week is hidden, or missing.
        "update intermediate.int_space_contributions set contributions = 6"
        " where person_id = 1 and week_start = date '2026-01-12'",
        "update intermediate.int_space_contributions set person_id = 21"
        " where person_id = 1 and week_start = date '2026-01-12'",
        "update bi.participation set is_withheld = true"
        " where metric = 'contributions' and week_start = date '2026-01-05'",
        "update intermediate.int_space_contributions set week_start = date '2026-01-19'"
        " where week_start = date '2026-01-12';"
        "update bi.participation set week_start = date '2026-01-19'"
        " where week_start = date '2026-01-12'",
    ],
)
def test_who_joins_is_not_told_where_others_changed_or_a_week_is_missing(
    two_weeks: duckdb.DuckDBPyConnection, change: str
) -> None:
    two_weeks.execute(change)
    assert said(two_weeks) == []
