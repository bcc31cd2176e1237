"""The findings of the demo: sentences made of published numbers, with the planted beside them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dagster_pipelines.command_line import findings, printing
from dagster_pipelines.command_line.findings import Finding, find
from dagster_pipelines.demo.exports import TRUTH_HEADER
from dagster_pipelines.demo.truth import Fact
from dagster_pipelines.settings import Settings
from tests.harness.published import settings_in

TRUTH = """\
fact,subject_kind,subject,since,until,measure,expected,visible_in
silo,department,Sales,2025-01-06,,cross_department_contacts,low,bi.segment_weeks
silo,department,Law,2025-01-06,,cross_department_contacts,low,bi.segment_weeks
closing_department,department,Design,2025-03-03,,cross_department_contacts,falls,bi.segment_weeks
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def change(value: str, then: float | None, now: float | None, **said: str) -> dict[str, Any]:
    known = then is not None and now is not None
    return {
        "metric": "cross_department_contacts",
        "segment_type": "department",
        "segment_value": value,
        "value_then": then,
        "value_now": now,
        "relative_change": now / then - 1 if known else None,
        **said,
    }


def apart(department: str, contacts: float | None) -> dict[str, Any]:
    return {
        "department": department,
        "cross_department_contacts": contacts,
        "median_department_contacts": 2.0,
    }


def test_only_departments_far_below_the_median_are_apart_and_hidden_ones_are_unknown() -> None:
    rows = [apart("Sales", 0.2), apart("Law", 0.59), apart("Data", 0.61), apart("Top", None)]
    assert findings.apart_in_words(rows) == (
        "Sales and Law hardly meet others: 0.2 and 0.6 contacts in other departments; the median"
        " department has 2.0."
    )
    assert findings.apart_in_words(rows[2:]) == ""
    assert findings.apart_in_words([]) == ""


def test_a_department_that_never_had_contacts_has_not_closed_up() -> None:
    everybody = change("all", 2.0, 2.0, segment_type="organisation")
    silo, closed, hidden = change("Law", 0.1, 0.0), change("Data", 2.0, 1.0), change("X", None, 1)
    said = findings.closing_in_words([silo, closed, hidden, everybody])
    assert said.startswith("Data has closed up")
    assert findings.closing_in_words([silo, everybody]) == ""
    assert findings.closing_in_words([change("Data", 2.0, 1.3), everybody]) == ""


def test_groups_of_which_one_is_hidden_are_not_compared() -> None:
    remote = {"segment_type": "work_mode", "segment_value": "remote", "network_size": 4.0}
    office = {"segment_type": "work_mode", "segment_value": "office", "network_size": 6.0}
    assert "4.0" in findings.remote_in_words([remote, office])
    assert findings.remote_in_words([remote, {**office, "network_size": None}]) == ""
    assert findings.newcomers_in_words([remote, office]) == ""


def test_what_cannot_be_seen_names_units_but_no_person() -> None:
    day = date(2025, 5, 5)
    facts = [
        Fact("broker", "person", "E00012", day, day, "share of ties", 1.0, "marts.fct_ties"),
        Fact("bridged_teams", "pair of teams", "Red / Blue", None, day, "people", 1, "marts"),
        Fact("dominant_person", "person", "E00013", day, None, "share", 0.65, "intermediate"),
    ]  # fmt: skip
    assert findings.not_published(facts) == [
        "one person alone joins the teams Red / Blue, up to 2025-05-05",
        "one person writes 65 % of a channel",
    ]


def test_nothing_is_found_before_anything_is_published(settings: Settings, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(TRUTH)
    assert TRUTH.startswith(",".join(TRUTH_HEADER))
    assert find(settings, truth) == []


def test_the_planted_stands_beside_what_is_seen(tmp_path: Path) -> None:
    shown = Console(file=io.StringIO(), width=120)
    found = [Finding("Sales hardly meets others.", "planted: Sales, silo from the beginning")]
    printing.print_findings(shown, found, ["one person writes 65 % of a channel"], tmp_path / "t")
    file = shown.file
    assert isinstance(file, io.StringIO)
    lines = [line.strip() for line in file.getvalue().splitlines()]
    place = lines.index("Sales hardly meets others.")
    assert lines[place + 1] == "planted: Sales, silo from the beginning"
    assert "one person writes 65 % of a channel;" in lines
