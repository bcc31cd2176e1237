"""The mail server's log: a CSV file for every four weeks, a row for each recipient of a mail.

Each file begins some days before the last one ended. One day is missing from its file, since its
log was found only later: it is in a file of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from dagster_pipelines.demo.clocks import DAY, day_number
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Row, Tally, overlapping, spoilt
from dagster_pipelines.demo.events import EMAIL, OUTSIDERS
from dagster_pipelines.demo.exports.files import write_csv
from dagster_pipelines.demo.scale import FIRST_MONDAY

HEADER = ("Received", "MessageId", "SenderAddress", "RecipientAddress")

WEEKS_A_FILE = 4
OVERLAP_DAYS = 3
LATE_DAY = 9
"""The day, from 0, whose log was found only later: the second Wednesday."""

ALIAS_SHARE = 0.3
"""How often people who have a former address still write from it."""


def write(company: Company, folder: Path) -> Tally:
    """Write the logs, with rows that repeat and rows that nobody can read."""
    tally = Tally("mail")
    logs = _logs(company)
    chance = company.scale.stream("dirt of the mail log")
    for name, rows in logs.items():
        write_csv(folder / name, HEADER, spoilt(rows, tally, chance))
    different = {row for rows in logs.values() for row in rows}
    tally.duplicate = tally.records - tally.quarantined.total() - len(different)
    return tally


def _logs(company: Company) -> dict[str, list[Row]]:
    """Return the good rows of each file."""
    days, rows = mail_rows(company)
    weeks = company.staff.weeks
    is_late = (days == LATE_DAY) & (weeks > 2)
    logs = {}
    for number, (start, stop) in enumerate(overlapping(0, weeks, WEEKS_A_FILE), start=1):
        begins = 7 * start - OVERLAP_DAYS if start else -1
        kept = (days >= begins) & (days < 7 * stop) & ~is_late
        logs[f"mail-{number:02d}.csv"] = [rows[place] for place in np.flatnonzero(kept).tolist()]
    if is_late.any():
        logs["mail-late.csv"] = [rows[place] for place in np.flatnonzero(is_late).tolist()]
    return logs


def mail_rows(company: Company) -> tuple[np.ndarray, list[Row]]:
    """Return all rows in order of time, and the day of each in UTC, from 0."""
    events, people = company.events, company.staff.people
    chance = company.scale.stream("addresses")
    uses_alias = chance.random(len(events)) < ALIAS_SHARE
    addresses = [person.address for person in people]
    addresses += [outsider.address for outsider in OUTSIDERS]
    aliases = [person.alias or person.address for person in people]
    aliases += [outsider.address for outsider in OUTSIDERS]
    chosen = events.channel[events.target_of] == EMAIL
    of, target = events.target_of[chosen], events.target[chosen]
    days = events.at[of] // DAY - day_number(FIRST_MONDAY)
    rows = [
        (
            datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"<{event:08d}@mail.example.org>",
            (aliases if alias else addresses)[source],
            addresses[recipient],
        )
        for at, event, alias, source, recipient in zip(
            events.at[of].tolist(),
            of.tolist(),
            uses_alias[of].tolist(),
            events.source[of].tolist(),
            target.tolist(),
            strict=True,
        )
    ]
    return days, rows
