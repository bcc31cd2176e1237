"""The trailing-window tie count in sorted numpy arrays, on one thread.

Not a part of the warehouse. It says how far the SQL is from what sorting and adding cost by
themselves, and it is a third opinion on the numbers.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

PERSON_PERSON, PERSON_EXTERNAL, PERSON_UNKNOWN = range(3)
KINDS = ("person_person", "person_external", "person_unknown")
"""The kinds of pairs; a pair's kind is its place here."""


class PairSums(NamedTuple):
    """Sums of one row per pair and week, or window: arrays of one length.

    Weights and minutes are whole numbers of the decimals' last place. Whether there are minutes
    tells no minutes from none known.
    """

    key: Integers
    interactions: Integers
    a_reached_out: Booleans
    b_reached_out: Booleans
    newman_weight: Integers
    shared_minutes: Integers
    has_minutes: Booleans


@dataclasses.dataclass(frozen=True)
class PairKeys:
    """Turns party, kind and week into one number and back.

    `parties` are the sorted ids, `weeks` the number of weeks of the coverage, `window_weeks` those
    of a window. Keys of a pair lie far enough apart for the windows after the last week.
    """

    parties: Integers
    weeks: int
    window_weeks: int

    @property
    def stride(self) -> int:
        """Return the distance of two pairs' keys."""
        return self.weeks + self.window_weeks

    def pack(self, week: Integers, a: Integers, b: Integers, kind: Integers) -> Integers:
        """Return the keys of week numbers (from 0), party ids and kinds."""
        first = np.searchsorted(self.parties, a)
        second = np.searchsorted(self.parties, b)
        return ((first * len(self.parties) + second) * len(KINDS) + kind) * self.stride + week

    def unpack(self, key: Integers) -> tuple[Integers, Integers, Integers, Integers]:
        """Return week numbers, places of the parties among the ids, and kinds of keys."""
        pair_and_kind, week = np.divmod(key, self.stride)
        pair, kind = np.divmod(pair_and_kind, len(KINDS))
        first, second = np.divmod(pair, len(self.parties))
        return week, first, second, kind


@dataclasses.dataclass(frozen=True)
class Ties:
    """What int_ties holds, in arrays of one length; parties by id, weeks by number."""

    week: Integers
    party_a: Integers
    party_b: Integers
    kind: Integers
    sums: PairSums
    is_reciprocal: Booleans
    is_tied: Booleans


def sort_pairs(weeks: PairSums) -> PairSums:
    """Return the rows in the order of keys; no key is there twice."""
    order = np.argsort(weeks.key)
    return PairSums(*(column[order] for column in weeks))


def sum_windows(weeks: PairSums, keys: PairKeys) -> PairSums:
    """Return the sums of every pair's windows in the coverage with an interaction in them.

    `weeks` are in the order of keys. Each row speaks for its own week and for the silent ones, up
    to the window's length, that follow; it adds those of the rows before it that lie within the
    window.
    """
    following = np.append(weeks.key[1:], np.iinfo(np.int64).max)
    week = weeks.key % keys.stride
    parts = []
    for later in range(keys.window_weeks):
        rows = np.flatnonzero((weeks.key + later < following) & (week + later < keys.weeks))
        sums = PairSums(weeks.key[rows] + later, *(column[rows] for column in weeks[1:]))
        for before in range(1, keys.window_weeks - later):
            places = np.flatnonzero(
                (rows >= before) & (sums.key - weeks.key[rows - before] < keys.window_weeks)
            )
            sources = rows[places] - before
            sums.interactions[places] += weeks.interactions[sources]
            sums.a_reached_out[places] |= weeks.a_reached_out[sources]
            sums.b_reached_out[places] |= weeks.b_reached_out[sources]
            sums.newman_weight[places] += weeks.newman_weight[sources]
            sums.shared_minutes[places] += weeks.shared_minutes[sources]
            sums.has_minutes[places] |= weeks.has_minutes[sources]
        parts.append(sums)
    return PairSums(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def find_ties(
    windows: PairSums,
    keys: PairKeys,
    has_row: Booleans,
    minimum_interactions: int,
    *,
    requires_reciprocity: bool,
) -> Ties:
    """Return the windows of pairs whose people have a row in the week, and which of them are tied.

    `has_row` says it for each party (a row) and week (a column). One person is enough for a pair
    with an external party, which need not reach out either; pairs with the unknown are left out.
    """
    week, first, second, kind = keys.unpack(windows.key)
    has_a, has_b = has_row[first, week], has_row[second, week]
    is_external = kind == PERSON_EXTERNAL
    is_kept = (kind != PERSON_UNKNOWN) & np.where(is_external, has_a | has_b, has_a & has_b)
    sums = PairSums(*(column[is_kept] for column in windows))
    is_reciprocal = sums.a_reached_out & sums.b_reached_out
    is_tied = sums.interactions >= minimum_interactions
    if requires_reciprocity:
        is_tied &= is_reciprocal | is_external[is_kept]
    return Ties(
        week=week[is_kept],
        party_a=keys.parties[first[is_kept]],
        party_b=keys.parties[second[is_kept]],
        kind=kind[is_kept],
        sums=sums,
        is_reciprocal=is_reciprocal,
        is_tied=is_tied,
    )
