"""The kudos of the company's recognition tool: one CSV file, several receivers in one cell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import GIFT_BLEMISHES, Row, Tally, spoilt
from dagster_pipelines.demo.exports.files import write_csv

HEADER = ("CreatedAt", "Id", "From", "To", "Points", "Reason")


def write(company: Company, folder: Path) -> Tally:
    """Write all kudos, with rows that repeat and rows that nobody can read."""
    tally = Tally("kudos")
    people = company.staff.people
    rows: list[Row] = [
        (
            datetime.fromtimestamp(gift.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"K{number:06d}",
            people[gift.giver].address,
            "; ".join(people[receiver].address for receiver in gift.receivers),
            "10",
            "Thank you for your help!",
        )
        for number, gift in enumerate(company.gifts.kudos, start=1)
    ]
    chance = company.scale.stream("dirt of the kudos")
    write_csv(folder / "kudos.csv", HEADER, spoilt(rows, tally, chance, GIFT_BLEMISHES))
    tally.duplicate = tally.records - tally.quarantined.total() - len(rows)
    return tally
