"""The weekly extract of the roster: one CSV file for each Monday, which each row names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dagster_pipelines.demo import names
from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Row, Tally
from dagster_pipelines.demo.exports.files import write_csv
from dagster_pipelines.demo.exports.question_site import account_of
from dagster_pipelines.demo.organisation import Person

HEADER = (
    *(
        "ExtractedOn",
        "StaffNumber",
        "Name",
        "Email",
        "OtherIds",
        "ManagerNumber",
        "Department",
        "Team",
    ),
    *("Discipline", "Site", "WorkMode", "Grade", "HiredOn", "LeftOn"),
)

WEEKS_OF_NOTICE = 4
"""For how long before somebody leaves the roster knows the day."""

MISTYPED_MANAGER = "E99999"


def write(company: Company, folder: Path) -> Tally:
    """Write a snapshot for each week.

    The manager of the last person is mistyped throughout; one snapshot has a row without a key, and
    one that stands in it twice.
    """
    tally = Tally("hr")
    for week in range(company.staff.weeks):
        rows = list(snapshot(company, week))
        if week == company.staff.weeks // 2:
            rows += [rows[0], (rows[0][0], "", "Test Account", *[""] * (len(HEADER) - 3))]
            tally.duplicate += 1
            tally.quarantined["empty_person_id"] += 1
        tally.records += len(rows)
        day = company.scale.monday(week)
        write_csv(folder / f"roster-{day.isoformat()}.csv", HEADER, rows)
    return tally


def snapshot(company: Company, week: int) -> Iterator[Row]:
    """Yield a row for each person who works here in a week."""
    staff, monday = company.staff, company.scale.monday(week)
    department = staff.departments_of_people()
    mistyped = len(staff.people) - 1
    for number, person in enumerate(staff.people):
        if not staff.employed[number, week]:
            continue
        manager = staff.manager(number, week)
        manager_number = staff.people[manager].staff_number if manager != NOBODY else ""
        left_on = person.left_on
        is_known = left_on is not None and (left_on - monday).days <= 7 * WEEKS_OF_NOTICE
        yield (
            monday.isoformat(),
            person.staff_number,
            person.name,
            person.address,
            ";".join(_other_ids(person)),
            MISTYPED_MANAGER if number == mistyped else manager_number,
            staff.departments[department[number, week]],
            staff.teams[staff.team[number, week]].name,
            person.discipline,
            names.SITES[person.site].name,
            person.work_mode,
            str(person.level),
            person.hired_on.isoformat(),
            left_on.isoformat() if left_on is not None and is_known else "",
        )


def _other_ids(person: Person) -> Iterator[str]:
    """Yield the former address of a person who has one, and the account on the question site."""
    if person.alias is not None:
        yield person.alias
    yield account_of(person.number)
