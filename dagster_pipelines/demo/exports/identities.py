"""The directory's list of accounts: who has which account of the chat.

The shared mailbox of the office stands in it twice, for two people, and so is nobody's.
"""

from __future__ import annotations

from pathlib import Path

from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Row, Tally
from dagster_pipelines.demo.events import SHARED
from dagster_pipelines.demo.exports.files import write_csv
from dagster_pipelines.demo.exports.slack_lists import Workspace

HEADER = ("StaffNumber", "Name", "Account")


def write(company: Company, folder: Path) -> Tally:
    """Write a row for each person; one of them has no staff number."""
    people, workspace = company.staff.people, Workspace.of(company)
    rows: list[Row] = [
        (person.staff_number, person.name, workspace.user_id(person.number)) for person in people
    ]
    rows += [(person.staff_number, person.name, SHARED.address) for person in people[:2]]
    rows.append(("", "Test Account", "test"))
    write_csv(folder / "accounts.csv", HEADER, rows)
    tally = Tally("accounts", records=len(rows))
    tally.quarantined["empty_field"] += 1
    return tally
