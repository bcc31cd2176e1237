"""What the made-up company's systems hand over: a roster and mail logs; and their `tacit.yml`.

Real exports are not clean. These overlap, repeat rows, and have a few that nobody can read, so that
the summary has something to say of each.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from dagster_pipelines.demo.company import FIRST_MONDAY, Company, Person, Stay
from dagster_pipelines.demo.mail import Mail, mails

ROSTER_HEADER = (
    *("StaffNumber", "Name", "Email", "FormerEmail", "ManagerNumber", "Department", "Team"),
    *("Discipline", "Site", "WorkMode", "Grade", "HiredOn", "LeftOn", "ValidFrom", "ValidTo"),
)
MAIL_HEADER = ("Received", "MessageId", "SenderAddress", "RecipientAddress")
OVERLAP = timedelta(days=4)
REPEATED_ROW_CHANCE = 0.003

SETTINGS = """\
# A made-up company. `tacit run --config tacit.yml` reads its exports again; every setting is
# explained in the file that `tacit init` writes.

organisation: {name: Lantern Works, timezone: Europe/Warsaw, domains: [example.org]}
data_dir: data
sources:
  - name: hr
    format: roster_csv
    path: exports/hr/*.csv
    columns:
      person_id: StaffNumber
      email: Email
      alternate_ids: FormerEmail
      manager_id: ManagerNumber
      department: Department
      team: Team
      discipline: Discipline
      location: Site
      work_mode: WorkMode
      job_level: Grade
      hired_on: HiredOn
      left_on: LeftOn
      valid_from: ValidFrom
      valid_to: ValidTo
  - name: mail
    format: interaction_csv
    channel: email
    path: exports/mail/*.csv
    timezone: UTC
    columns:
      occurred_at: Received
      event_id: MessageId
      source: SenderAddress
      target: RecipientAddress
# The demo's dates do not move, so its data never grow too old.
privacy: {key_file: key, retention_days: 36500}
"""


@dataclass(frozen=True)
class Exports:
    """What was written: the settings file, and how much there is."""

    settings: Path
    people: int
    mails: int
    mail_rows: int


def write_exports(company: Company, folder: Path) -> Exports:
    """Write the company's exports and its `tacit.yml` into a folder; what is there is replaced."""
    for kind in ("hr", "mail"):
        (folder / "exports" / kind).mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "exports/hr/roster.csv", ROSTER_HEADER, roster_rows(company))
    sent = sorted(mails(company), key=lambda mail: (mail.sent_at, mail.sender))
    mail_rows = 0
    for name, rows in mail_logs(company, sent).items():
        _write_csv(folder / "exports/mail" / name, MAIL_HEADER, rows)
        mail_rows += len(rows)
    settings = folder / "tacit.yml"
    settings.write_text(SETTINGS, encoding="utf-8")
    return Exports(settings, len(company.people), len(sent), mail_rows)


def roster_rows(company: Company) -> Iterator[tuple[str, ...]]:
    """Yield the roster: a row for each person and stay. One manager's number is mistyped."""
    mistyped = company.people[-1]
    for person in company.people:
        for stay in person.stays:
            row = _roster_row(person, stay)
            if person is mistyped:
                row = (*row[:4], "E99999", *row[5:])
            yield row


def _roster_row(person: Person, stay: Stay) -> tuple[str, ...]:
    dates = (person.hired_on, person.left_on, stay.since, stay.until)
    return (
        person.staff_number,
        person.name,
        person.address,
        person.alias or "",
        stay.manager.staff_number if stay.manager else "",
        stay.team.department,
        stay.team.name,
        person.discipline,
        person.location,
        person.work_mode,
        str(person.level),
        *(day.isoformat() if day else "" for day in dates),
    )


def mail_logs(company: Company, sent: list[Mail]) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of two logs that overlap by some days, each with its blemishes."""
    chance = company.scale.stream("blemishes")
    middle = FIRST_MONDAY + timedelta(weeks=(company.scale.weeks + 1) // 2)
    logs: dict[str, list[tuple[str, ...]]] = {"mail-1.csv": [], "mail-2.csv": []}
    for number, mail in enumerate(sent, start=1):
        day = mail.sent_at.date()
        rows = list(_mail_rows(number, mail))
        if chance.random() < REPEATED_ROW_CHANCE:
            rows.append(rows[-1])
        if day < middle + OVERLAP:
            logs["mail-1.csv"].extend(rows)
        if day >= middle:
            logs["mail-2.csv"].extend(rows)
    for rows in logs.values():
        places = sorted(chance.sample(range(len(rows)), k=min(6, len(rows))))
        for place, blemish in zip(places, _BLEMISHES, strict=False):
            rows[place] = blemish(rows[place])
    return logs


def _mail_rows(number: int, mail: Mail) -> Iterator[tuple[str, ...]]:
    received = mail.sent_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for recipient in mail.recipients:
        yield received, f"<{number:08d}@mail.example.org>", mail.sender, recipient


# What goes wrong with rows of logs: each takes a good row and returns a bad one.
_BLEMISHES = (
    lambda row: ("2025-09-31T08:00:00Z", *row[1:]),  # a day that does not exist
    lambda row: ("", *row[1:]),
    lambda row: (*row[:2], "", row[3]),  # nobody sent it
    lambda row: row[:2],  # cut short
    lambda row: ("yesterday", *row[1:]),
    lambda row: ("1970-01-01T00:00:00Z", *row[1:]),  # a clock that was never set
)


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV file under another name, then give it its own: nobody reads half of one."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    unfinished.replace(path)
