"""Stable 63-bit hashes of integer columns, for ids of events and records.

The mixing step is the finaliser of splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.
2660195). Its inputs are random identifiers, times and keyed hashes, so that chance alone decides
about collisions: among 100 million ids, about one pair in two thousand warehouses. DuckDB's own
`hash()` may change from version to version, and its `md5` takes thirty times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mixed(*columns: Integers) -> Integers:
    """Return one hash in [0, 2**63) for each row of int64 columns of one length.

    The order of the columns counts. A row's hash is a function of its values alone, on every
    machine and in every version.
    """
    state = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            state = _finalised(state + _GOLDEN + _finalised(column.view(np.uint64) + _GOLDEN))
    return (state >> np.uint64(1)).view(np.int64)


def digest_of(*values: Any) -> int:
    """Return 63 bits that stand for values which name nobody: for rows that are few."""
    digest = blake2b(repr(values).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def repeated(hashes: Sequence[Integers]) -> tuple[Integers, int]:
    """Return the values that occur more than once in batches of hashes, and how many rows repeat.

    A value that occurs n times counts n - 1 repetitions.
    """
    ordered = np.sort(np.concatenate(hashes)) if hashes else np.empty(0, dtype=np.int64)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.unique(again), len(again)


def _finalised(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))
