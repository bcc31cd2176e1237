"""dbt's SQL against the plain-Python reading of docs/metrics.md, on random companies.

`TACIT_RANDOM_COMPANIES=5000 pytest tests/unit/test_random_companies.py` draws so many, others each
time; without it the run is short and always the same.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.harness.companies import companies
from tests.harness.company import Company
from tests.harness.comparison import TABLES, build, cells_that_differ, differences
from tests.harness.raw import exported_again
from tests.harness.warehouse import Row, Warehouse, shared_warehouse
from tests.reference.ranks import LIFTING_CLASSES

MANY = os.environ.get("TACIT_RANDOM_COMPANIES")


def drawn(share: int = 1) -> settings:
    """How many companies a test draws: all, or one in so many."""
    count = int(MANY or 40) // share
    return settings(
        max_examples=count,
        derandomize=MANY is None,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return shared_warehouse()


def shown(company: Company) -> str:
    """A company on lines, for a failing test."""
    rows = [*company.roster, *company.interactions, *company.programmes, *company.enrolments]
    return "\n".join([repr(company.parameters), *map(repr, rows)])


@drawn()
@given(company=companies())
def test_every_cell_is_as_the_plain_reading_has_it(warehouse: Warehouse, company: Company) -> None:
    note(shown(company))
    assert differences(company, warehouse) == []


@drawn(share=12)
@given(company=companies(), seed=st.integers(0, 999))
def test_repeating_splitting_and_reordering_records_changes_no_number(
    warehouse: Warehouse, company: Company, seed: int
) -> None:
    once, again = build(warehouse, company), build(warehouse, exported_again(company, seed))
    for table in TABLES:
        assert cells_that_differ(table, once[table.mart], again[table.mart]) == []


@drawn(share=12)
@given(company=companies())
def test_other_ids_of_the_people_change_no_number(warehouse: Warehouse, company: Company) -> None:
    # The names of derived units are made from ids.
    company = replace(company, derives_units=False)
    one, other = build(warehouse, company), build(warehouse, company, key="another")
    for table in TABLES:
        assert cells_that_differ(table, one[table.mart], other[table.mart]) == []


@drawn(share=12)
@given(company=companies())
def test_network_size_does_not_rise_when_ties_take_more_interactions(
    warehouse: Warehouse, company: Company
) -> None:
    least = company.parameters.tie_min_interactions
    stricter = replace(company.parameters, tie_min_interactions=least + 1)
    sizes = [
        {
            (row["person_id"], row["week_start"]): row["network_size"]
            for row in build(warehouse, one)["fct_person_weeks"]
        }
        for one in (company, replace(company, parameters=stricter))
    ]
    assert sizes[0].keys() == sizes[1].keys()
    assert [key for key in sizes[0] if sizes[1][key] > sizes[0][key]] == []


@drawn(share=12)
@given(company=companies())
def test_what_is_always_true(warehouse: Warehouse, company: Company) -> None:
    built = build(warehouse, company)
    weeks: dict[object, list[Row]] = defaultdict(list)
    for row in built["fct_person_weeks"]:
        weeks[row["week_start"]].append(row)
    ties = [row["week_start"] for row in built["fct_ties"]]
    for week, rows in weeks.items():
        assert total(rows, "network_size") == 2 * ties.count(week)
        assert total(rows, "lifting_interactions") == total(rows, "coaching_given")
    for row in built["fct_person_weeks"]:
        lifting = row["lifting_interactions"] or 0
        assert sum(row[name] or 0 for name in LIFTING_CLASSES) == lifting
        others = ("coaching_given", "same_rank_interactions", "rank_unknown_interactions")
        assert lifting + sum(row[name] or 0 for name in others) == row["interactions"]


def total(rows: list[Row], column: str) -> int:
    """The sum of a column, NULL as 0 (section 3.3)."""
    return sum(row[column] or 0 for row in rows)


@drawn(share=30)
@given(company=companies())
def test_a_plan_that_is_kept_gives_what_a_new_one_gives(
    warehouse: Warehouse, company: Company
) -> None:
    build(warehouse, company)
    for name in warehouse.planned:
        kept, anew = warehouse.rows(name), warehouse.rows_planned_anew(name)
        assert sorted(map(rounded, kept)) == sorted(map(rounded, anew)), name


def rounded(row: Row) -> str:
    """A row as a text, its sums without the digits that the order of adding decides."""
    return repr([round(cell, 9) if isinstance(cell, float) else cell for cell in row.values()])
