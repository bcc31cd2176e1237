"""Feedback among peers. Of anonymous feedback the tool leaves out the giver, or says to hide it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import GIFT_BLEMISHES, Row, Tally, spoilt
from dagster_pipelines.demo.exports.files import write_csv

HEADER = ("SentAt", "Id", "From", "To", "Hidden", "Text")


def write(company: Company, folder: Path) -> Tally:
    """Write all feedback, with rows that repeat and rows that nobody can read."""
    tally = Tally("feedback")
    people = company.staff.people
    rows: list[Row] = [
        (
            datetime.fromtimestamp(gift.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"F{number:06d}",
            "" if gift.is_anonymous and number % 2 else people[gift.giver].address,
            people[gift.receivers[0]].address,
            "yes" if gift.is_anonymous and not number % 2 else "no",
            "You could speak up more.",
        )
        for number, gift in enumerate(company.gifts.feedback, start=1)
    ]
    chance = company.scale.stream("dirt of the feedback")
    write_csv(folder / "feedback.csv", HEADER, spoilt(rows, tally, chance, GIFT_BLEMISHES))
    tally.duplicate = tally.records - tally.quarantined.total() - len(rows)
    return tally
