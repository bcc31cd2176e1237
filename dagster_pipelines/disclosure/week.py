"""A week of segments: who is in them, who counts with what, and what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from dagster_pipelines.disclosure.attacks import Numbers
from dagster_pipelines.disclosure.exact import Integers

# Type and value of a segment, metric, statistic, people, whether it is withheld.
Row = tuple[str, str, str, str, int | None, bool]


@dataclass(frozen=True)
class Week:
    """What the audit knows of a week.

    Attributes
    ----------
    start
        Its Monday.
    person_ids
        Who they are, in the order of all others.
    members
        A column for each type of segment; NULL where it is not known.
    counts_in
        For each metric whether somebody counts in it.
    numbers
        For each metric of which means are shown, what somebody has.
    shown
        For each metric and statistic the segments that are shown, and on how many people they rest.
    """

    start: date
    person_ids: Integers
    members: pa.Table
    counts_in: dict[str, np.ndarray]
    numbers: dict[str, Numbers]
    shown: dict[tuple[str, str], dict[tuple[str, str], int]]

    @classmethod
    def of(cls, start: date, people: pa.Table, cells: list[Row]) -> Week:
        """Gather what is known: people out of the warehouse, cells out of the candidate."""
        return cls(
            start,
            people.column("person_id").to_numpy(),
            people.drop_columns(["person_id", "counts_in", "numbers"]),
            _fields(people.column("counts_in")),
            _fields(people.column("numbers")),
            shown_of(cells),
        )

    def numbers_of(self, metric: str, person_ids: Integers) -> Numbers:
        """Return what these people have, NaN of whoever does not count."""
        counts = self.counts_in[metric]
        numbers = np.full(len(person_ids), np.nan)
        places = np.searchsorted(person_ids, self.person_ids[counts])
        numbers[places] = self.numbers[metric][counts]
        return numbers


def _fields(column: pa.ChunkedArray) -> dict[str, np.ndarray]:
    """Return the fields of a column of structs."""
    structs = column.combine_chunks()
    return {
        field.name: structs.field(field.name).to_numpy(zero_copy_only=False)
        for field in structs.type
    }


def shown_of(cells: list[Row]) -> dict[tuple[str, str], dict[tuple[str, str], int]]:
    """Return for each figure the segments that are shown, and on how many people they rest."""
    figures: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for type_, value, metric, statistic, rests_on, is_withheld in cells:
        shown = figures.setdefault((metric, statistic), {})
        if not is_withheld:
            shown[type_, value] = rests_on
    return figures
