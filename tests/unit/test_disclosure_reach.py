"""The audit of programmes' reach: what the cells of a month say about a few people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dagster_pipelines.disclosure import reach
from dagster_pipelines.disclosure.attacks import MOVED, SHARED, WITHHELD
from dagster_pipelines.disclosure.together import TOLD
from tests.harness.memberships import TYPES

LEAST = 5


@pytest.fixture
def company() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is warehouse and candidate at once: teams A of 4, B of 6 and C of 20."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{type_} varchar" for type_ in TYPES)
        connection.execute("create schema marts; create schema bi; create schema intermediate")
        connection.execute(
            "create table intermediate.int_enrolments"
            " (programme_id integer, person_id bigint, starts_on date, ends_on date);"
            "create table marts.dim_programmes as"
            " select 7 as programme_id, 'Lighthouse' as programme_name"
        )
        connection.execute(
            "create table marts.fct_person_weeks"
            f" (person_id bigint, week_start date, is_measured boolean, {columns})"
        )
        connection.execute(
            "insert into marts.fct_person_weeks by name"
            " select person_id, date '2026-03-02' as week_start, true as is_measured,"
            " case when person_id < 4 then 'A' when person_id < 10 then 'B' else 'C' end as team"
            " from range(30) as people (person_id)"
        )
        connection.execute(
            "create table bi.programme_reach (programme_name varchar, segment_type varchar,"
            " segment_value varchar, metric varchar, people integer, is_withheld boolean,"
            " month_start date)"
        )
        connection.execute(
            "create table bi.segment_weeks (segment_type varchar, segment_value varchar,"
            " metric varchar, is_withheld boolean, week_start date)"
        )
        yield connection


def publish(company: duckdb.DuckDBPyConnection, **people: int | None) -> None:
    """The cells of how many of a team take part, None for one that is withheld."""
    company.executemany(
        "insert into bi.programme_reach values"
        " ('Lighthouse', ?, ?, 'participants', ?, ?, '2026-03-01')",
        [
            ("organisation" if name == "all" else "team", name, count, count is None)
            for name, count in people.items()
        ],
    )


def said(
    company: duckdb.DuckDBPyConnection, stated_before: set[tuple[date, str]] = frozenset()
) -> list[str]:
    return list(reach.audit(company, company, stated_before, LEAST, lambda *_: None))


def test_a_hidden_team_follows_from_the_organisation_less_the_others(
    company: duckdb.DuckDBPyConnection,
) -> None:
    publish(company, all=30, A=None, B=6, C=20)
    found = said(company)
    where = "bi.programme_reach, month of 2026-03-01: participants, 1 times: "
    assert f"{where}{WITHHELD}." in found
    assert any(SHARED in sentence for sentence in found)


def test_two_hidden_teams_of_enough_people_do_not(company: duckdb.DuckDBPyConnection) -> None:
    publish(company, all=30, A=None, B=None, C=20)
    assert said(company) == []


def test_each_is_in_the_team_of_the_last_week_whose_sunday_lies_in_the_month(
    company: duckdb.DuckDBPyConnection,
) -> None:
    # Five of C move to A in the last week of March; the week of the 30th is one of April.
    company.execute(
        "insert into marts.fct_person_weeks by name"
        " select person_id, date '2026-03-23' as week_start, false as is_measured, 'A' as team"
        " from range(10, 15) as people (person_id)"
    )
    company.execute(
        "insert into marts.fct_person_weeks by name"
        " select person_id, date '2026-03-30' as week_start, true as is_measured, 'B' as team"
        " from range(15, 20) as people (person_id)"
    )
    publish(company, all=30, A=9, B=6, C=15)
    assert said(company) == []


def test_a_cell_that_says_other_people_than_there_are_is_found(
    company: duckdb.DuckDBPyConnection,
) -> None:
    publish(company, all=30, A=None, B=None, C=21)
    assert said(company) == [
        "bi.programme_reach, month of 2026-03-01: participants rests on other people than it says."
    ]


@pytest.mark.parametrize(
    ("week", "metric", "is_told"),
    [
        (date(2026, 3, 2), "people", True),
        (date(2026, 3, 2), "network_size", False),
        (date(2026, 3, 30), "people", False),
    ],
)
def test_a_month_tells_how_many_people_are_in_a_team_of_which_a_week_does_not(
    company: duckdb.DuckDBPyConnection, week: date, metric: str, *, is_told: bool
) -> None:
    publish(company, all=30, A=None, B=None, C=20)
    company.execute(
        "insert into bi.segment_weeks values ('team', 'C', ?, true, ?), ('team', 'A', ?, true, ?)",
        [metric, week, metric, week],
    )
    told = f"bi.programme_reach, month of 2026-03-01: participants, 1 times: {TOLD}."
    assert said(company) == [told] * is_told
    # What was stated before may be of other people.
    assert said(company, {(week, metric)}) == []


@pytest.mark.parametrize(
    ("enrolled", "in_april", "is_told"),
    [
        # 30 joins C and takes part; with nobody else anything changes.
        ([(10, None), (30, None)], {"A": None, "B": None, "C": 21}, True),
        ([(10, None)], {"A": None, "B": None, "C": 21}, False),
        ([(10, None), (30, None)], {"A": None, "B": None, "C": None}, False),
        # Somebody else ends.
        ([(10, date(2026, 3, 20)), (30, None)], {"A": None, "B": None, "C": 21}, False),
    ],
)
def test_who_joins_is_told_from_the_month_before(
    company: duckdb.DuckDBPyConnection,
    enrolled: list[tuple[int, date | None]],
    in_april: dict[str, int | None],
    *,
    is_told: bool,
) -> None:
    publish(company, A=None, B=None, C=20)
    company.execute(
        "insert into marts.fct_person_weeks by name"
        " select * replace (date '2026-04-06' as week_start) from marts.fct_person_weeks"
        " union all by name"
        " select 30 as person_id, date '2026-04-06' as week_start, true as is_measured, 'C' as team"
    )
    company.executemany(
        "insert into bi.programme_reach values"
        " ('Lighthouse', 'team', ?, 'participants', ?, ?, '2026-04-01')",
        [(name, count, count is None) for name, count in in_april.items()],
    )
    company.executemany(
        "insert into intermediate.int_enrolments values (7, ?, '2026-03-09', ?)", enrolled
    )
    moved = f"bi.programme_reach, month of 2026-04-01: participants, 1 times: {MOVED}."
    assert [one for one in said(company) if MOVED in one] == [moved] * is_told
