"""The simulator's own count of contacts is the warehouse's, with each programme and without it.

So the effects in the table of truth are what a perfect study would find in the warehouse.
"""

from __future__ import annotations

import numpy as np
import pytest

from dagster_pipelines.demo import Company, Scale, simulate
from dagster_pipelines.demo.contacts import Network
from dagster_pipelines.demo.events import Events
from tests.harness.comparison import build
from tests.harness.simulated import as_records, names_of
from tests.harness.warehouse import Row, shared_warehouse

SCALE = Scale(people=60, weeks=18, seed=5)


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate(SCALE)


def person_weeks(company: Company, events: Events) -> list[Row]:
    return build(shared_warehouse(), as_records(company, events))["fct_person_weeks"]


def cells(company: Company, network: Network) -> dict[tuple, tuple]:
    """What the simulator says of each person and week."""
    staff, found = company.staff, {}
    department = staff.departments_of_people()
    for week in range(staff.weeks):
        columns = (
            network.network_size(week),
            network.cross_team_contacts(week, staff.team[:, week]),
            network.departments_reached(week, department[:, week]),
        )
        for person in np.flatnonzero(staff.employed[:, week]).tolist():
            key = (names_of(company)[person], company.scale.monday(week))
            found[key] = tuple(int(column[person]) for column in columns)
    return found


def in_warehouse(rows: list[Row]) -> dict[tuple, tuple]:
    columns = ("network_size", "cross_team_contacts", "departments_reached")
    return {
        (row["person_id"], row["week_start"]): tuple(row[column] for column in columns)
        for row in rows
    }


def test_everybody_s_contacts_are_those_of_the_warehouse(company: Company) -> None:
    rows = person_weeks(company, company.events)
    assert in_warehouse(rows) == cells(company, company.network)
    measured = {
        (names_of(company)[person], company.scale.monday(week))
        for week in range(company.staff.weeks)
        for person in np.flatnonzero(company.network.measured(week)).tolist()
    }
    assert {(row["person_id"], row["week_start"]) for row in rows if row["is_measured"]} == measured


def test_without_a_programme_the_warehouse_has_the_counterfactual(company: Company) -> None:
    held = company.programmes[0]
    assert held.added
    rows = person_weeks(company, company.events.without(held.cause))
    assert in_warehouse(rows) == cells(company, company.network_without(held))
