"""The trailing-window tie count in sorted numpy arrays, on one thread.

Not a part of the warehouse. It says how far the SQL is from what sorting and adding cost by
themselves, and it is a third opinion on the numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WINDOW_WEEKS = 4
Integers = npt.NDArray[np.int64]


class PairSums(NamedTuple):
    """Sums of one row per pair and week, or window: arrays of one length.

    `key` is (number of person_a * people + number of person_b) * stride + week number, ascending
    where it says so. Interactions are a count; whether a side reached out is a flag.
    """

    key: Integers
    interactions: Integers
    a_reached_out: npt.NDArray[np.bool_]
    b_reached_out: npt.NDArray[np.bool_]
    newman_weight: npt.NDArray[np.float64]


class PairKeys(NamedTuple):
    """What turns a key back into week and people; `people` are the sorted person ids."""

    people: Integers
    weeks: int

    @property
    def stride(self) -> int:
        """Return the distance of two pairs' keys, wide enough for the windows after the last."""
        return self.weeks + WINDOW_WEEKS

    def pack(self, week: Integers, person_a: Integers, person_b: Integers) -> Integers:
        """Return the keys of week numbers (from 0) and person ids."""
        first = np.searchsorted(self.people, person_a)
        second = np.searchsorted(self.people, person_b)
        return (first * len(self.people) + second) * self.stride + week

    def unpack(self, key: Integers) -> tuple[Integers, Integers, Integers]:
        """Return the week numbers and person ids of keys."""
        pair, week = np.divmod(key, self.stride)
        first, second = np.divmod(pair, len(self.people))
        return week, self.people[first], self.people[second]


def fold_weeks(days: PairSums) -> PairSums:
    """Return the sums of the rows with one key, in the order of keys."""
    order = np.argsort(days.key)
    key = days.key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    return PairSums(
        key=key[starts],
        interactions=np.add.reduceat(days.interactions[order], starts),
        a_reached_out=np.logical_or.reduceat(days.a_reached_out[order], starts),
        b_reached_out=np.logical_or.reduceat(days.b_reached_out[order], starts),
        newman_weight=np.add.reduceat(days.newman_weight[order], starts),
    )


def sum_windows(weeks: PairSums, keys: PairKeys) -> PairSums:
    """Return the sums of every pair's windows in the coverage with an interaction in them.

    `weeks` are in the order of keys, no key twice. Each row speaks for its own week and for the
    silent ones, up to three, that follow; it adds those of the three rows before it that lie within
    the window.
    """
    following = np.append(weeks.key[1:], np.iinfo(np.int64).max)
    week = weeks.key % keys.stride
    parts = []
    for later in range(WINDOW_WEEKS):
        rows = np.flatnonzero((weeks.key + later < following) & (week + later < keys.weeks))
        sums = PairSums(weeks.key[rows] + later, *(column[rows] for column in weeks[1:]))
        for before in range(1, WINDOW_WEEKS - later):
            places = np.flatnonzero(
                (rows >= before) & (sums.key - weeks.key[rows - before] < WINDOW_WEEKS)
            )
            sources = rows[places] - before
            sums.interactions[places] += weeks.interactions[sources]
            sums.a_reached_out[places] |= weeks.a_reached_out[sources]
            sums.b_reached_out[places] |= weeks.b_reached_out[sources]
            sums.newman_weight[places] += weeks.newman_weight[sources]
        parts.append(sums)
    return PairSums(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
