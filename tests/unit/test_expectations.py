"""The expectations: each rule holds for good tables, and breaks when what it forbids is there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines.expectations.suites import SUITES, Expectation, Suite, check_name
from dagster_pipelines.expectations.validation import validate
from dagster_pipelines.publication import DATABASE, published_tables, write_candidate
from dagster_pipelines.sqlfiles import statements
from tests.harness.published import with_guarded_tables

# What breaks each rule, said to a candidate's own database.
BREAKS = {
    "segment_weeks__has_rows": "update bi.release set coverage_to = coverage_from - 1",
    "segment_weeks__every_week_of_the_coverage_has_cells": """
        delete from bi.segment_weeks
        where segment_type = 'organisation' and week_start = date '2026-01-12'
    """,
    "segment_weeks__segment_types_are_known": """
        update bi.segment_weeks set segment_type = 'person' where segment_value = 'Sales'
    """,
    "segment_weeks__metrics_are_defined": """
        delete from bi.metric_definitions where metric = 'network_size'
    """,
    "segment_weeks__statistics_are_known": """
        update bi.segment_weeks set statistic = 'maximum' where metric = 'network_size'
    """,
    "segment_weeks__people_are_not_negative": """
        update bi.segment_weeks set people = -1 where metric = 'people'
    """,
    "segment_weeks__shown_cells_rest_on_enough_people": """
        update bi.segment_weeks set people = 4
        where metric = 'network_size' and segment_value = 'Sales'
    """,
    "segment_weeks__withheld_cells_look_alike": """
        update bi.segment_weeks set people = 4 where is_withheld
    """,
    "segment_weeks__shares_are_in_0_to_1": """
        update bi.segment_weeks set value = 1.01 where metric = 'isolated_share' and value > 0
    """,
    "segment_weeks__ginis_are_in_0_to_1": """
        update bi.segment_weeks set value = -0.01 where statistic = 'gini' and value > 0
    """,
    "segment_weeks__ei_indices_are_in_minus_1_to_1": """
        update bi.segment_weeks set metric = 'department_ei_index', value = -1.01
        where metric = 'network_size' and segment_value = 'Sales'
    """,
    "segment_weeks__amounts_are_not_negative": """
        update bi.segment_weeks set value = -1 where metric = 'people' and value > 0
    """,
    "participation__metrics_are_known": """
        update bi.participation set metric = 'secrets' where metric = 'members'
    """,
    "participation__weeks_are_in_the_coverage": """
        update bi.participation set week_start = date '2025-12-29'
    """,
    "participation__amounts_are_not_negative": """
        update bi.participation set value = -1 where metric = 'members'
    """,
    "participation__shares_are_not_negative": """
        update bi.participation set value = -0.5 where metric = 'lapsed_share'
    """,
    "participation__shares_are_at_most_1": """
        update bi.participation set value = 1.5 where metric = 'lapsed_share'
    """,
    "participation__bands_are_of_ten_members": """
        update bi.participation set people = 9 where metric = 'absence_factor'
    """,
    "participation__shown_cells_rest_on_enough_people": """
        update bi.participation set people = 4 where metric = 'members'
    """,
    "participation__withheld_cells_look_alike": """
        update bi.participation set band = '1 to 2' where is_withheld
    """,
    "newcomer_ramp__populations_are_known": """
        update bi.newcomer_ramp set population = 'Ann' where population = 'tenured'
    """,
    "newcomer_ramp__metrics_are_known": """
        update bi.newcomer_ramp set metric = 'secrets' where population = 'tenured'
    """,
    "newcomer_ramp__weeks_begin_with_the_hire": """
        update bi.newcomer_ramp set weeks_since_hire = -1 where is_withheld
    """,
    "newcomer_ramp__weeks_end_after_half_a_year": """
        update bi.newcomer_ramp set weeks_since_hire = 26 where is_withheld
    """,
    "newcomer_ramp__amounts_are_not_negative": """
        update bi.newcomer_ramp set value = -1 where population = 'tenured'
    """,
    "newcomer_ramp__shown_cells_rest_on_enough_people": """
        update bi.newcomer_ramp set people = 4 where population = 'tenured'
    """,
    "newcomer_ramp__withheld_cells_look_alike": """
        update bi.newcomer_ramp set people = 4 where is_withheld
    """,
    "org_structure__metrics_are_known": """
        update bi.org_structure set metric = 'secrets' where metric = 'density'
    """,
    "org_structure__weeks_are_in_the_coverage": """
        update bi.org_structure set week_start = date '2025-12-29'
    """,
    "org_structure__amounts_are_not_negative": """
        update bi.org_structure set value = -1 where metric = 'people'
    """,
    "org_structure__shares_are_not_negative": """
        update bi.org_structure set value = -0.5 where metric = 'density'
    """,
    "org_structure__shares_are_at_most_1": """
        update bi.org_structure set value = 1.5 where metric = 'density'
    """,
    "org_structure__indices_are_in_minus_1_to_1": """
        update bi.org_structure set value = -1.5 where metric = 'community_modularity'
    """,
    "org_structure__shown_cells_rest_on_enough_people": """
        update bi.org_structure set people = 4 where metric = 'density'
    """,
    "org_structure__withheld_cells_look_alike": """
        update bi.org_structure set value = 0.5 where is_withheld
    """,
    "programme_engagement__metrics_are_known": """
        update bi.programme_engagement set metric = 'secrets' where metric = 'pairs'
    """,
    "programme_engagement__amounts_are_not_negative": """
        update bi.programme_engagement set value = -1 where metric = 'pairs'
    """,
    "programme_engagement__shares_are_at_most_1": """
        update bi.programme_engagement set value = 1.5 where metric = 'met_share'
    """,
    "programme_engagement__shown_cells_rest_on_enough_people": """
        update bi.programme_engagement set people = 4 where metric = 'pairs'
    """,
    "programme_engagement__withheld_cells_look_alike": """
        update bi.programme_engagement set value = 4 where is_withheld
    """,
    "programme_reach__metrics_are_known": """
        update bi.programme_reach set metric = 'secrets' where metric = 'eligible'
    """,
    "programme_reach__months_touch_the_coverage": """
        update bi.programme_reach set month_start = date '2025-12-01'
    """,
    "programme_reach__amounts_are_not_negative": """
        update bi.programme_reach set value = -1 where metric = 'participants'
    """,
    "programme_reach__shares_are_not_negative": """
        update bi.programme_reach set value = -0.5 where metric = 'programme_share'
    """,
    "programme_reach__shares_are_at_most_1": """
        update bi.programme_reach set value = 1.5 where metric = 'programme_share'
    """,
    "programme_reach__shown_cells_rest_on_enough_people": """
        update bi.programme_reach set people = 4 where metric = 'participants'
    """,
    "programme_reach__withheld_cells_look_alike": """
        update bi.programme_reach set value = 4 where is_withheld
    """,
    "programme_effects__designs_are_known": """
        update bi.programme_effects set design = 'guess' where horizon_weeks = 4
    """,
    "programme_effects__outcomes_are_known": """
        update bi.programme_effects set outcome = 'secrets' where horizon_weeks = 4
    """,
    "programme_effects__horizons_are_known": """
        update bi.programme_effects set horizon_weeks = 5 where horizon_weeks = 4
    """,
    "programme_effects__errors_are_not_negative": """
        update bi.programme_effects set standard_error = -1 where horizon_weeks = 4
    """,
    "programme_effects__effects_lie_in_their_intervals": """
        update bi.programme_effects set effect = 3.5 where horizon_weeks = 4
    """,
    "programme_effects__nobody_is_matched_who_is_not_enrolled": """
        update bi.programme_effects set matched = 9 where horizon_weeks = 4
    """,
    "programme_effects__shown_effects_rest_on_enough_people": """
        update bi.programme_effects set matched = 4 where horizon_weeks = 4
    """,
    "programme_effects__withheld_rows_look_alike": """
        update bi.programme_effects set detectable_effect = 1 where is_withheld
    """,
    "unit_pair_weeks__metrics_are_known": """
        update bi.unit_pair_weeks set metric = 'secrets' where metric = 'ties'
    """,
    "unit_pair_weeks__weeks_are_in_the_coverage": """
        update bi.unit_pair_weeks set week_start = date '2025-12-29'
    """,
    "unit_pair_weeks__amounts_are_not_negative": """
        update bi.unit_pair_weeks set value = -1 where metric = 'ties'
    """,
    "unit_pair_weeks__shares_are_not_negative": """
        update bi.unit_pair_weeks set value = -0.5 where metric = 'share'
    """,
    "unit_pair_weeks__shares_are_at_most_1": """
        update bi.unit_pair_weeks set value = 1.5 where metric = 'share'
    """,
    "unit_pair_weeks__withheld_cells_look_alike": """
        update bi.unit_pair_weeks set is_withheld = true
    """,
    "data_quality__has_rows": "delete from bi.data_quality",
    "data_quality__events_are_not_negative": "update bi.data_quality set events = -1",
    "data_quality__shares_are_not_negative": """
        update bi.data_quality set unresolved_share = -0.1
    """,
    "data_quality__shares_are_at_most_1": """
        update bi.data_quality set known_teams_interactions_share = 1.1
    """,
    "data_quality__withheld_rows_look_alike": "update bi.data_quality set is_withheld = true",
    "metric_definitions__has_rows": "delete from bi.metric_definitions",
    "metric_definitions__metrics_are_defined_once": """
        insert into bi.metric_definitions
        select * from bi.metric_definitions where metric = 'people'
    """,
    "release__has_one_row": "insert into bi.release select * from bi.release",
    "release__has_weeks": "update bi.release set weeks = 0",
    "release__has_people": "update bi.release set people = 0",
    "release__has_events": "update bi.release set events = null",
    "release__coverage_is_whole_weeks": "update bi.release set coverage_to = coverage_to + 1",
}


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_candidate(with_guarded_tables(tmp_path_factory.mktemp("data")), "run")


@pytest.fixture
def copy(candidate: Path, tmp_path: Path) -> Path:
    database = tmp_path / DATABASE
    database.write_bytes((candidate / DATABASE).read_bytes())
    return tmp_path


def broken(candidate: Path) -> set[str]:
    return {verdict.check for verdict in validate(candidate) if not verdict.holds}


def test_every_rule_holds_for_good_tables(candidate: Path) -> None:
    verdicts = list(validate(candidate))
    assert [verdict.check for verdict in verdicts if not verdict.holds] == []
    assert len(verdicts) == sum(len(suite.expectations) for suite in SUITES)


def test_every_rule_has_a_name_of_its_own_and_a_break() -> None:
    names = [check_name(suite, rule) for suite in SUITES for rule in suite.expectations]
    assert len(names) == len(set(names))
    assert set(names) == set(BREAKS)


@pytest.mark.parametrize("check", BREAKS)
def test_what_a_rule_forbids_breaks_it(check: str, copy: Path) -> None:
    with closing(duckdb.connect(str(copy / DATABASE))) as connection:
        connection.execute(BREAKS[check])
    assert check in broken(copy)


def test_a_broken_rule_says_a_sentence_without_a_value(copy: Path) -> None:
    with closing(duckdb.connect(str(copy / DATABASE))) as connection:
        connection.execute("update bi.segment_weeks set segment_type = 'Jane Doe'")
    [verdict] = [
        verdict for verdict in validate(copy) if verdict.check.endswith("segment_types_are_known")
    ]
    assert not verdict.holds
    assert verdict.table == "segment_weeks"
    assert "Jane" not in repr(verdict)


def test_a_rule_about_a_missing_column_does_not_hold(candidate: Path) -> None:
    rule = Expectation(
        "is_there", "It is not there.", "ExpectColumnValuesToNotBeNull", {"column": "nowhere"}
    )
    [verdict] = validate(candidate, (Suite("release", "release", (rule,)),))
    assert not verdict.holds


def test_every_published_table_is_looked_at() -> None:
    assert {suite.table for suite in SUITES} == set(published_tables())
    for suite in SUITES:
        assert suite.frame in statements(published_tables()[suite.table])


def test_frames_are_small_however_much_is_published(copy: Path) -> None:
    with closing(duckdb.connect(str(copy / DATABASE))) as connection:
        connection.execute("""
            insert into bi.segment_weeks by name
            select cells.* replace (segment_value || copies.copy as segment_value)
            from bi.segment_weeks as cells, range(1000) as copies (copy)
            where segment_type = 'department'
        """)
        for suite in SUITES:
            frame = connection.sql(statements(published_tables()[suite.table])[suite.frame])
            assert len(frame.fetchall()) <= 60
