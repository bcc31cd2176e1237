"""The simulator's own count of contacts is the warehouse's, with each programme and without it.

So the effects in the table of truth are what a perfect study would find in the warehouse.
"""

from __future__ import annotations

import pytest

from dagster_pipelines.demo import Company, Scale, simulate
from dagster_pipelines.demo.events import Events
from tests.harness.comparison import build
from tests.harness.simulated import CONTACTS, as_records, contacts_of, measured_in
from tests.harness.warehouse import Row, shared_warehouse


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate(Scale(people=60, weeks=18, seed=5))


def person_weeks(company: Company, events: Events) -> list[Row]:
    return build(shared_warehouse(), as_records(company, events))["fct_person_weeks"]


def contacts_in(rows: list[Row]) -> dict[tuple, tuple]:
    return {
        (row["person_id"], row["week_start"]): tuple(row[column] for column in CONTACTS)
        for row in rows
    }


def test_everybody_s_contacts_are_those_of_the_warehouse(company: Company) -> None:
    rows = person_weeks(company, company.events)
    assert contacts_in(rows) == contacts_of(company, company.network)
    measured = {(row["person_id"], row["week_start"]) for row in rows if row["is_measured"]}
    assert measured == measured_in(company, company.network)


def test_without_a_programme_the_warehouse_has_the_counterfactual(company: Company) -> None:
    held = company.programmes[0]
    assert held.added
    rows = person_weeks(company, company.events.without(held.cause))
    assert contacts_in(rows) == contacts_of(company, company.network_without(held))
