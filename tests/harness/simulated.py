"""A simulated company as the harness takes it: roster periods and interaction records, no files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import numpy as np

from dagster_pipelines.demo import Company as Simulated
from dagster_pipelines.demo import names
from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.contacts import Network
from dagster_pipelines.demo.events import CHANNELS, OUTSIDERS, Events
from tests.harness.company import Company, EnrolmentRecord, InteractionRecord, RosterRecord
from tests.reference.model import Parameters, Programme


def as_records(company: Simulated, events: Events | None = None) -> Company:
    """A simulated company's exports without their dirt; other `events` may have happened in it.

    People are known by their staff numbers.
    """
    everybody = names_of(company)
    return Company(
        roster=tuple(roster_of(company)),
        interactions=tuple(interactions_of(company, events or company.events)),
        programmes=tuple(
            Programme(held.programme.name, held.programme.kind) for held in company.programmes
        ),
        enrolments=tuple(enrolments_of(company)),
        parties={everybody[len(company.staff.people) + place]: outsider.kind
                 for place, outsider in enumerate(OUTSIDERS)},
        parameters=Parameters(
            timezone=names.ORGANISATION_ZONE,
            coverage=(company.scale.monday(0), company.scale.end - timedelta(days=1)),
        ),
    )  # fmt: skip


def names_of(company: Simulated) -> list[str]:
    """What everybody is called by whom events know by number."""
    people = [person.staff_number for person in company.staff.people]
    return people + [outsider.address for outsider in OUTSIDERS]


def roster_of(company: Simulated) -> Iterator[RosterRecord]:
    """A row for each person and run of weeks in which nothing changes."""
    staff = company.staff
    department = staff.departments_of_people()
    for number, person in enumerate(staff.people):
        weeks = [week for week in range(staff.weeks) if staff.employed[number, week]]

        def place(week: int, number: int = number) -> tuple[int, int, int]:
            team = int(staff.team[number, week])
            return team, int(department[number, week]), staff.manager(number, week)

        for (team, unit, manager), run in groupby(weeks, key=place):
            held = list(run)
            is_last = held[-1] == staff.weeks - 1
            yield RosterRecord(
                person.staff_number,
                manager=None if manager == NOBODY else staff.people[manager].staff_number,
                team=staff.teams[team].name,
                department=staff.departments[unit],
                discipline=person.discipline,
                location=names.SITES[person.site].name,
                work_mode=person.work_mode,
                job_level=person.level,
                hired_on=person.hired_on,
                left_on=person.left_on,
                is_dated=True,
                valid_from=company.scale.monday(held[0]),
                valid_to=None if is_last else company.scale.monday(held[-1] + 1),
            )


def interactions_of(company: Simulated, events: Events) -> Iterator[InteractionRecord]:
    """A row for each target of each event, one without for an event that has none."""
    everybody = names_of(company)
    columns = (events.at, events.channel, events.source, events.targets())
    for number, (at, channel, source, targets) in enumerate(zip(*columns, strict=True)):
        for target in targets.tolist() or [None]:
            yield InteractionRecord(
                event=f"event {number}",
                channel=CHANNELS[channel],
                source=everybody[source],
                target=None if target is None else everybody[target],
                occurred_at=datetime.fromtimestamp(int(at), UTC),
            )


def enrolments_of(company: Simulated) -> Iterator[EnrolmentRecord]:
    """A row for each part in a programme."""
    people = company.staff.people
    for one in company.enrolments:
        yield EnrolmentRecord(
            one.programme,
            people[one.person].staff_number,
            one.role,
            one.begins_on,
            ends_on=one.ends_on,
            partner=None if one.partner == NOBODY else people[one.partner].staff_number,
            planned_sessions=one.planned_sessions or None,
        )


CONTACTS = ("network_size", "cross_team_contacts", "departments_reached")
"""The columns of `fct_person_weeks` that the simulator counts itself."""


def contacts_of(company: Simulated, network: Network) -> dict[tuple[str, date], tuple[int, ...]]:
    """CONTACTS of each person and week as the simulator counts them."""
    staff, found = company.staff, {}
    department = staff.departments_of_people()
    for week in range(staff.weeks):
        columns = (
            network.network_size(week),
            network.cross_team_contacts(week, staff.team[:, week]),
            network.departments_reached(week, department[:, week]),
        )
        for person in np.flatnonzero(staff.employed[:, week]).tolist():
            key = (staff.people[person].staff_number, company.scale.monday(week))
            found[key] = tuple(int(column[person]) for column in columns)
    return found


def measured_in(company: Simulated, network: Network) -> set[tuple[str, date]]:
    """The persons and weeks that are measured, as the simulator sees it."""
    return {
        (company.staff.people[person].staff_number, company.scale.monday(week))
        for week in range(company.staff.weeks)
        for person in np.flatnonzero(network.measured(week)).tolist()
    }
