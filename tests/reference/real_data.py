"""Real companies to read: a manufacturing company's mail and Krackhardt's managers.

The exports are not part of the repository; they lie beside it. `data_folder` says
where, or None where they are absent.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from .files import InteractionFormat, RosterFormat, read_interactions, read_roster
from .model import Event, Parameters, Reading, RosterRow
from .reading import read_company

REPOSITORY = Path(__file__).resolve().parents[2]

KRACKHARDT_MONDAY = date(2026, 1, 19)
"""The survey has no dates; all of it is put on this day, the last Monday but one of a month."""


@dataclass(frozen=True)
class RealCompany:
    """A reading and all that it was made from."""

    roster_rows: list[RosterRow]
    events: list[Event]
    parties: Mapping[str, str]
    parameters: Parameters
    reading: Reading


def data_folder(name: str) -> Path | None:
    """The folder of one real data set, None where it is absent."""
    folder = REPOSITORY.parent / "shared" / "data" / name
    return folder if folder.is_dir() else None


def present_folder(name: str) -> Path:
    """The folder of one real data set.

    Raises
    ------
        FileNotFoundError: it is absent.

    """
    folder = data_folder(name)
    if folder is None:
        raise FileNotFoundError(f"The real data {name} are not beside the repository.")
    return folder


@cache
def manufacturing(*, derive_units: bool = False) -> RealCompany:
    """Nine months of internal mail of a manufacturing company of 154 people.

    Michalski, doi:10.7910/DVN/6Z3CGX. The roster knows reporting lines only; with
    `derive_units`, teams and departments are made from them.
    """
    folder = present_folder("manufacturing_email")
    roster_rows = read_roster(
        [folder / "reportsto.csv"],
        RosterFormat(
            columns={"person_id": "ID", "manager_id": "ReportsToID"},
            derive_units=derive_units,
        ),
    )
    events = read_interactions(
        [folder / "communication.csv"],
        InteractionFormat(
            columns={
                "source": "Sender",
                "target": "Recipient",
                "occurred_at": "EventDate",
            },
            channel="email",
            delimiter=";",
            timezone="Europe/Warsaw",
        ),
    )
    parameters = Parameters(timezone="Europe/Warsaw")
    return _company(roster_rows, events, parameters)


@cache
def krackhardt(
    *,
    rank_bases: tuple[str, ...] = ("line", "grade", "depth"),
    tie_requires_reciprocity: bool = False,
) -> RealCompany:
    """Who asks whom for advice among the 21 managers of a high-tech firm (1987).

    Level 1 is the highest. The survey has no times, so that all who one person names
    are the targets of one event, as rows of the same source and time are.
    """
    folder = present_folder("krackhardt_managers")
    roster_rows = read_roster(
        [folder / "people.csv"],
        RosterFormat(
            columns={
                "person_id": "person",
                "job_level": "level",
                "department": "dept",
                "manager_id": "manager",
            },
            grade_order=("3", "2", "1"),
        ),
    )
    noon = datetime(
        KRACKHARDT_MONDAY.year,
        KRACKHARDT_MONDAY.month,
        KRACKHARDT_MONDAY.day,
        12,
        tzinfo=UTC,
    )
    with (folder / "advice.csv").open(encoding="utf-8", newline="") as file:
        asked: dict[str, list[str]] = {}
        for row in csv.DictReader(file):
            asked.setdefault(row["src"], []).append(row["dst"])
    events = [
        Event(f"advice|{source}", "pair", source, tuple(targets), noon)
        for source, targets in asked.items()
    ]
    parameters = Parameters(
        interaction_profile="every_contact",
        tie_min_interactions=1,
        tie_window_weeks=1,
        tie_requires_reciprocity=tie_requires_reciprocity,
        rank_bases=rank_bases,
        coverage=(KRACKHARDT_MONDAY, KRACKHARDT_MONDAY),
    )
    return _company(roster_rows, events, parameters)


def _company(
    roster_rows: list[RosterRow], events: list[Event], parameters: Parameters
) -> RealCompany:
    parties: Mapping[str, str] = {}
    return RealCompany(
        roster_rows=roster_rows,
        events=events,
        parties=parties,
        parameters=parameters,
        reading=read_company(roster_rows, events, parties, parameters),
    )
