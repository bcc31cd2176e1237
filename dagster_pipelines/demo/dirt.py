"""What is wrong with exports as they are, and how much of it there is.

Real exports overlap, repeat rows, come late, and hold rows that nobody can read. Nothing of it
takes anything away: a row that is spoilt is a further one, so that what is true of the company is
in its exports in full. A `Tally` counts what the job must find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

Row = tuple[str, ...]

Blemish = tuple[str, Callable[[Row], Row]]
"""A reason that the job must give, and what makes a row bad for that reason."""

REPEATED_SHARE = 0.003
"""Share of the rows of a mail log that stand in it twice."""


@dataclass
class Tally:
    """What becomes of the records of a source: each is loaded, or one of the three others.

    `quarantined` counts by the reason that the job gives, `excluded` by its rule.
    """

    source: str
    records: int = 0
    duplicate: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)

    @property
    def loaded(self) -> int:
        """How many records are to be loaded."""
        left_out = self.quarantined.total() + self.excluded.total()
        return self.records - self.duplicate - left_out


# What goes wrong with rows of a mail log.
MAIL_BLEMISHES: tuple[Blemish, ...] = (
    ("bad_time", lambda row: ("2025-02-30T08:00:00Z", *row[1:])),
    ("bad_time", lambda row: ("", *row[1:])),
    ("bad_time", lambda row: ("yesterday", *row[1:])),
    ("empty_source", lambda row: (*row[:2], "", row[3])),
    ("too_few_fields", lambda row: row[:2]),
    # Clocks that were never set, and one that runs far ahead.
    ("before_1990", lambda row: ("1970-01-01T00:00:00Z", *row[1:])),
    ("in_the_future", lambda row: ("2199-01-01T00:00:00Z", *row[1:])),
)

# What goes wrong with rows of kudos and of feedback, whose columns begin with time, id, giver and
# receiver.
GIFT_BLEMISHES: tuple[Blemish, ...] = (
    ("bad_time", lambda row: ("last week", *row[1:])),
    ("empty_field", lambda row: (*row[:3], "", *row[4:])),
    ("too_few_fields", lambda row: row[:3]),
)


def spoilt(
    rows: list[Row],
    tally: Tally,
    chance: np.random.Generator,
    wrong: Sequence[Blemish] = MAIL_BLEMISHES,
) -> list[Row]:
    """Return the rows of a log with some repeated, and one of each blemish among them."""
    repeated = set(np.flatnonzero(chance.random(len(rows)) < REPEATED_SHARE).tolist())
    places = chance.integers(0, max(len(rows), 1), len(wrong)).tolist()
    blemishes: dict[int, list[Row]] = {}
    for place, (reason, blemish) in zip(places, wrong, strict=True):
        if rows:
            blemishes.setdefault(place, []).append(blemish(rows[place]))
            tally.quarantined[reason] += 1
    dirty: list[Row] = []
    for place, row in enumerate(rows):
        dirty += [row] * (2 if place in repeated else 1) + blemishes.get(place, [])
    tally.records += len(dirty)
    return dirty


def overlapping(first: int, weeks: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield spans of weeks (the last one excluded) of some length, from the first to the end."""
    for start in range(first, weeks, length):
        yield start, min(start + length, weeks)
