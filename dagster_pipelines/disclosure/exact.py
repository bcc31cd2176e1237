"""What follows from known sums, exactly: linear algebra in whole numbers modulo a prime.

Unknown numbers, one for each atom, and known sums over groups of them: a group's sum follows from
those exactly where every solution of "all known sums are 0" has 0 as that group's sum. Some such
solutions are drawn at random. One group in two thousand million seems to follow and does not, for
each solution that is drawn; that one does follow and seems not to is impossible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRIME = 2**31 - 1
DRAWS = 3

Integers = NDArray[np.int64]

NOBODY = -1


def solutions(groupings: Integers, *, draws: int = DRAWS, seed: int = 0) -> Integers:
    """Draw numbers for all atoms that make every known sum 0.

    Parameters
    ----------
    groupings
        Of shape (groupings, atoms): the number, from 0, of the group that an atom is in, NOBODY
        where it is in none of that grouping. The sum of each group is known.
    draws
        How many solutions are drawn.
    seed
        Of what is drawn.

    Returns
    -------
    numpy.ndarray
        Of shape (atoms, draws): numbers from 0 up to PRIME.
    """
    drawn = np.random.default_rng(seed).integers(0, PRIME, (groupings.shape[1], draws))
    largest = int(np.argmax(groupings.max(axis=1)))
    groups = groupings[largest]
    # The first atom of each group of the largest grouping is minus the sum of the others in it.
    members = np.flatnonzero(groups != NOBODY)
    _, first = np.unique(groups[members], return_index=True)
    firsts = members[first]
    first_of = np.full(groups.max() + 1 if len(members) else 0, NOBODY)
    first_of[groups[firsts]] = firsts
    rows = _rows(np.delete(groupings, largest, axis=0))
    rows[:, members] -= rows[:, first_of[groups[members]]]
    is_free = np.ones(len(groups), dtype=bool)
    is_free[firsts] = False
    free = np.flatnonzero(is_free)
    drawn[free] = _solve(rows[:, free], drawn[free])
    sums = sums_of(groups[free], drawn[free], len(first_of))
    drawn[firsts] = -sums[groups[firsts]] % PRIME
    return drawn


def solutions_of(rows: Integers) -> Integers:
    """Draw numbers, of shape (unknowns, DRAWS), that make the sum by each row of factors 0."""
    numbers = np.random.default_rng(0).integers(0, PRIME, (rows.shape[1], DRAWS))
    if not rows.any():
        return numbers
    reduced, _ = _eliminate(rows)
    reduced = reduced[reduced.any(axis=1)]
    pivots = (reduced != 0).argmax(axis=1)
    numbers[pivots] = 0
    numbers[pivots] = -combined(reduced, numbers) % PRIME
    return numbers


def combined(factors: Integers, numbers: Integers) -> Integers:
    """Multiply two matrices of numbers from 0 up to PRIME, modulo PRIME."""
    columns = [(factors * column % PRIME).sum(axis=1) % PRIME for column in numbers.T]
    return np.array(columns, dtype=np.int64).reshape(numbers.shape[1], len(factors)).T


def sums_of(groups: Integers, numbers: Integers, count: int) -> Integers:
    """Sum numbers, (atoms, draws), by group, from 0 up to `count`, modulo PRIME."""
    inside = groups != NOBODY
    sums = np.zeros((count, numbers.shape[1]), dtype=np.int64)
    for draw in range(numbers.shape[1]):
        # Fewer than four million numbers below PRIME add up exactly in a float of 64 bits.
        added = np.bincount(groups[inside], numbers[inside, draw], minlength=count)
        sums[:, draw] = added.astype(np.int64) % PRIME
    return sums


def direction(numbers: Integers) -> Integers:
    """Return rows of numbers so that multiples of each other are alike; 0 stays 0."""
    leading = numbers[np.arange(len(numbers)), (numbers != 0).argmax(axis=1)]
    return numbers * _inverses(leading)[:, None] % PRIME


def _rows(groupings: Integers) -> Integers:
    """Return a row of 0 and 1 over the atoms for each group."""
    rows = [
        groups == group for groups in groupings for group in np.unique(groups[groups != NOBODY])
    ]
    return np.array(rows, dtype=np.int64).reshape(len(rows), groupings.shape[1])


def _solve(rows: Integers, drawn: Integers) -> Integers:
    """Change as few of the numbers drawn as it takes to make each row's sum 0."""
    numbers = drawn.copy()
    if not rows.any():
        return numbers
    columns = _columns_to_begin_with(rows)
    while True:
        reduced, steps = _eliminate(rows[:, columns])
        rank = int((reduced != 0).any(axis=1).sum())
        # What vanishes over some columns need not do so over all of them.
        leftover = steps[rank:] @ rows % PRIME
        missed = np.flatnonzero(leftover.any(axis=0))
        if not len(missed):
            break
        columns = np.union1d(columns, missed[: len(rows)])
    pivots = columns[(reduced[:rank] != 0).argmax(axis=1)]
    numbers[pivots] = 0
    for draw in range(numbers.shape[1]):
        needed = -(rows @ numbers[:, draw]) % PRIME
        numbers[pivots, draw] = (steps[:rank] * needed % PRIME).sum(axis=1) % PRIME
    return numbers


def _columns_to_begin_with(rows: Integers) -> Integers:
    """Return some columns for each row, as many as may suffice."""
    wanted = 4
    some = [np.flatnonzero(row)[:: max(1, np.count_nonzero(row) // wanted)] for row in rows]
    return np.unique(np.concatenate([np.array([], dtype=np.int64), *some]))


def _eliminate(matrix: Integers) -> tuple[Integers, Integers]:
    """Return the reduced echelon form, rows of zeros last, and the steps, a matrix, to it."""
    count = len(matrix)
    work = np.concatenate([matrix % PRIME, np.eye(count, dtype=np.int64)], axis=1)
    row = 0
    for column in range(matrix.shape[1]):
        below = np.flatnonzero(work[row:, column])
        if not len(below):
            continue
        work[[row, row + below[0]]] = work[[row + below[0], row]]
        work[row] = work[row] * pow(int(work[row, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(work[:, column])
        others = others[others != row]
        work[others] = (work[others] - work[others, column][:, None] * work[row]) % PRIME
        row += 1
        if row == count:
            break
    return work[:, : matrix.shape[1]], work[:, matrix.shape[1] :]


def _inverses(numbers: Integers) -> Integers:
    """Return the inverse of each number modulo PRIME, 0 for 0: the power PRIME - 2."""
    result = np.ones_like(numbers)
    power, exponent = numbers.copy(), PRIME - 2
    while exponent:
        if exponent & 1:
            result = result * power % PRIME
        power = power * power % PRIME
        exponent >>= 1
    return result
