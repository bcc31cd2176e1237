"""The lists of the tool in which programmes are kept: programmes, enrolments, sessions.

Sessions are listed when they are planned. Some were cancelled, and each programme has one that is
yet to come; somebody was listed for the first of all and did not come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Row, Tally
from dagster_pipelines.demo.exports.files import write_csv
from dagster_pipelines.demo.programmes import Enrolment, Session

PROGRAMMES = ("Key", "Type", "Title", "From", "Until")
ENROLMENTS = ("Programme", "Email", "Role", "Partner", "From", "Until", "Planned")
SESSIONS = ("Id", "Programme", "Kind", "Begins", "Minutes", "Email", "Role", "Present", "Status")

BEGINS = "14:00"
HOSTS = {"mentoring": "mentor", "buddy": "buddy"}
GUESTS = {"mentoring": "mentee", "buddy": "newcomer"}

EVERY_CANCELLED = 10
"""Every tenth session that was held had been called off once before."""


def keys(company: Company) -> dict[str, str]:
    """Return the key of each programme by its name."""
    return {
        held.programme.name: f"P{number:02d}"
        for number, held in enumerate(company.programmes, start=1)
    }


def write_programmes(company: Company, folder: Path) -> Tally:
    """Write which programmes there are; one of a type that nobody knows among them."""
    tally, key = Tally("programmes"), keys(company)
    rows: list[Row] = [
        (
            key[held.programme.name],
            held.programme.kind,
            held.programme.name,
            min(one.begins_on for one in held.enrolments).isoformat(),
            max(one.ends_on for one in held.enrolments if one.ends_on).isoformat(),
        )
        for held in company.programmes
    ]
    if rows:
        rows.append(("P99", "summer party", "Summer party", "2025-06-20", "2025-06-20"))
        tally.quarantined["unknown_programme_type"] += 1
    return _written(folder / "programmes.csv", PROGRAMMES, rows, tally)


def write_enrolments(company: Company, folder: Path) -> Tally:
    """Write who is enrolled in what; one stands there twice, and one ends before it begins."""
    tally, key = Tally("enrolments"), keys(company)
    rows = [_enrolment(company, key, enrolment) for enrolment in company.enrolments]
    if rows:
        first = rows[0]
        rows += [first, (*first[:5], "2020-01-01", first[6])]
        tally.duplicate += 1
        tally.quarantined["ends_before_it_begins"] += 1
    return _written(folder / "enrolments.csv", ENROLMENTS, rows, tally)


def _enrolment(company: Company, key: dict[str, str], enrolment: Enrolment) -> Row:
    people = company.staff.people
    return (
        key[enrolment.programme],
        people[enrolment.person].address,
        enrolment.role,
        people[enrolment.partner].address if enrolment.partner != NOBODY else "",
        enrolment.begins_on.isoformat(),
        enrolment.ends_on.isoformat() if enrolment.ends_on else "",
        str(enrolment.planned_sessions or ""),
    )


def write_sessions(company: Company, folder: Path) -> Tally:
    """Write a row for each person of each session, whatever became of it."""
    tally = Tally("sessions")
    rows: list[Row] = []
    for number, session in enumerate(company.sessions, start=1):
        if number % EVERY_CANCELLED == 0:
            rows += _session(company, f"S{number:05d}-0", session, "cancelled")
        rows += _session(company, f"S{number:05d}", session, "held")
    if rows:
        # The assistant was asked along, and did not come.
        rows.append((*rows[0][:5], company.staff.people[1].address, "guest", "no", "held"))
    for held in company.programmes:
        for session in held.sessions[:1]:
            ahead = replace(session, held_on=company.scale.end + timedelta(days=2))
            rows += _session(company, f"S{keys(company)[session.programme]}", ahead, "planned")
    tally.excluded.update(row[-1] for row in rows if row[-1] != "held")
    return _written(folder / "sessions.csv", SESSIONS, rows, tally)


def _session(company: Company, key: str, session: Session, status: str) -> Iterator[Row]:
    """Yield a row for the host of a session and one for each guest."""
    people, programme = company.staff.people, keys(company)[session.programme]
    begins = f"{session.held_on.isoformat()} {BEGINS}"
    said = (key, programme, session.kind, begins, str(session.minutes))
    yield (*said, people[session.host].address, HOSTS[session.kind], "", status)
    for guest in session.guests:
        yield (*said, people[guest].address, GUESTS[session.kind], "", status)


def _written(path: Path, header: Row, rows: list[Row], tally: Tally) -> Tally:
    """Write a list; return the tally with the number of its records."""
    write_csv(path, header, rows)
    tally.records = len(rows)
    return tally
