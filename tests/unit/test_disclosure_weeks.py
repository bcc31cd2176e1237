"""The audit of segments over two weeks: who came or went between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dagster_pipelines.disclosure import segments
from dagster_pipelines.disclosure.attacks import MOVED
from tests.harness.memberships import TYPES

WEEKS = (date(2026, 3, 2), date(2026, 3, 9))
OTHERS = (
    *("cross_team_contacts", "cross_department_contacts", "departments_reached"),
    *("cross_team_share", "reciprocal_share", "lifting_interactions", "lifting_contacts"),
    *("lifting_beyond_manager", "coaching_given", "learning_minutes", "diversity_coverage"),
)
TEAM = {1: 4, 2: 4, 3: 4, 4: 4, 5: 4}


@pytest.fixture
def company() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is warehouse and candidate at once."""
    with duckdb.connect() as connection:
        columns = ", ".join(
            [
                "person_id bigint, week_start date, tenure_weeks integer, network_size integer",
                "is_measured boolean, is_full_window boolean, has_someone_above boolean",
                *(f"{type_} varchar" for type_ in TYPES),
                *(f"{measure} double" for measure in OTHERS),
            ]
        )
        connection.execute("create schema marts; create schema bi")
        connection.execute(f"create table marts.fct_person_weeks ({columns})")
        connection.execute(
            "create table bi.segment_weeks (segment_type varchar, segment_value varchar,"
            " metric varchar, statistic varchar, people integer, is_withheld boolean,"
            " week_start date)"
        )
        yield connection


def publish(
    company: duckdb.DuckDBPyConnection, week: date, team: dict[int, int], *, is_withheld: bool
) -> None:
    """The network sizes of one team's people, and the cell of their mean."""
    company.executemany(
        "insert into marts.fct_person_weeks by name select ? as person_id, ? as network_size,"
        " ? as week_start, 'A' as team, true as is_measured, false as is_full_window",
        [(person, size, week) for person, size in team.items()],
    )
    company.execute(
        "insert into bi.segment_weeks values ('team', 'A', 'network_size', 'mean', ?, ?, ?)",
        [None if is_withheld else len(team), is_withheld, week],
    )


def said(
    company: duckdb.DuckDBPyConnection, waiting: set[tuple[date, str, str, str]] = frozenset()
) -> list[str]:
    """What the audit says of two weeks. That one team and nothing else is shown, it says too."""
    found = segments.audit(company, company, set(), waiting, {}, 5, lambda *_: None)
    return [sentence for sentence in found if MOVED in sentence]


def test_who_joins_is_told_from_the_week_before(company: duckdb.DuckDBPyConnection) -> None:
    publish(company, WEEKS[0], TEAM, is_withheld=False)
    publish(company, WEEKS[1], {**TEAM, 6: 20}, is_withheld=False)
    assert said(company) == [
        f"bi.segment_weeks, week of 2026-03-09: network_size (mean), 1 times: {MOVED}."
    ]


def test_who_leaves_is_told_from_the_week_before(company: duckdb.DuckDBPyConnection) -> None:
    publish(company, WEEKS[0], {**TEAM, 6: 20}, is_withheld=False)
    publish(company, WEEKS[1], TEAM, is_withheld=False)
    assert len(said(company)) == 1


@pytest.mark.parametrize("hidden", WEEKS)
def test_two_weeks_are_compared_where_both_are_shown(
    company: duckdb.DuckDBPyConnection, hidden: date
) -> None:
    publish(company, WEEKS[0], TEAM, is_withheld=hidden == WEEKS[0])
    publish(company, WEEKS[1], {**TEAM, 6: 20}, is_withheld=hidden == WEEKS[1])
    assert said(company) == []


@pytest.mark.parametrize("week", WEEKS[:2])
def test_what_is_shown_as_it_was_is_not_held_against_what_people_have_now(
    company: duckdb.DuckDBPyConnection, week: date
) -> None:
    publish(company, WEEKS[0], TEAM, is_withheld=False)
    publish(company, WEEKS[1], {**TEAM, 6: 20}, is_withheld=False)
    [(team,)] = company.execute("select distinct segment_value from bi.segment_weeks").fetchall()
    assert said(company, {(week, "network_size", "team", "another")})
    assert said(company, {(week, "network_size", "team", team)}) == []


def test_weeks_with_one_between_them_are_not_compared(company: duckdb.DuckDBPyConnection) -> None:
    publish(company, WEEKS[0], TEAM, is_withheld=False)
    publish(company, date(2026, 3, 16), {**TEAM, 6: 20}, is_withheld=False)
    assert said(company) == []
