"""What is hidden, rule by rule, until nothing more has to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dbt_project.withholding.problem import (
    ROUNDING,
    UNKNOWN,
    Cell,
    Flags,
    Integers,
    Numbers,
    Problem,
)
from dbt_project.withholding.shown import Shown

PROBES = 3


def withhold(problem: Problem) -> None:
    """Hide what the rules of docs/disclosure.md say, until nothing more has to be hidden."""
    while found := [*few_are_left(problem)] or [*what_follows(problem)]:
        # Who can be helped by few cells comes first, and may help others.
        for cells in sorted(found, key=len):
            if not any(problem.hidden[type_][place] for type_, place in cells):
                problem.hide_smallest(cells)


def few_are_left(problem: Problem) -> Iterator[Sequence[Cell]]:
    """Rule 2: a block without the other type's cells inside of it is enough people, or nobody.

    Yield, for each block or two that are not, the cells of which one has to be hidden.
    """
    types = range(len(problem.sizes))
    pairs = [(outer, inner) for outer in types for inner in types if outer != inner]
    turns = {pair: (problem.turns[pair[0]], problem.turns[pair[1]]) for pair in pairs}
    changed = [pair for pair in pairs if problem.left.get(pair, (None, ()))[0] != turns[pair]]
    for pair, has_few in zip(changed, _have_few(problem, changed), strict=True):
        found = list(_left_of_blocks(problem, *pair)) if has_few else []
        problem.left[pair] = turns[pair], found
    for pair in pairs:
        yield from problem.left[pair][1]


def _have_few(problem: Problem, pairs: Sequence[Cell]) -> Flags:
    """Tell for each pair of types, outer and inner, whether `_left_of_blocks` finds something.

    Mostly it does not. All pairs are looked at in one go, as if they were one of many blocks.
    """
    has_few = np.zeros(len(pairs), dtype=bool)
    if not pairs:
        return has_few
    blocks = {type_: problem.blocks(type_) for pair in pairs for type_ in pair}
    width = max(len(sizes) for sizes in problem.sizes) + 1
    count = len(pairs) * width
    first = np.arange(len(pairs)) * width
    crossing, place = np.unique(
        (np.array([blocks[outer] for outer, _ in pairs]) + first[:, None]) * count
        + (np.array([blocks[inner] for _, inner in pairs]) + first[:, None]),
        return_inverse=True,
    )
    people = np.bincount(place.ravel(), np.tile(problem.people, len(pairs)))
    outside, inside = crossing // count, crossing % count
    rest = first + [len(problem.sizes[inner]) for _, inner in pairs]
    of_outer = np.bincount(outside, people, count)
    is_whole = people == np.bincount(inside, people, count)[inside]
    one, other = _in_two(outside, inside)
    both, place = np.unique(outside[one] * count + outside[other], return_inverse=True)
    gained = np.bincount(place.ravel(), people[one] + people[other], len(both))
    for is_taken in (is_whole & (inside != rest[inside // width]), is_whole):
        left = of_outer - np.bincount(outside[is_taken], people[is_taken], count)
        of_both = left[both // count] + left[both % count] - gained
        has_few[np.flatnonzero((left > 0) & (left < problem.least)) // width] = True
        has_few[both[(of_both > 0) & (of_both < problem.least)] // count // width] = True
    return has_few


def _left_of_blocks(problem: Problem, outer: int, inner: int) -> Iterator[Sequence[Cell]]:
    outside, inside = problem.blocks(outer), problem.blocks(inner)
    rest = len(problem.sizes[inner])
    crossing, place = np.unique(outside * (rest + 1) + inside, return_inverse=True)
    people = np.bincount(place.ravel(), problem.people)
    outside, inside = crossing // (rest + 1), crossing % (rest + 1)
    of_outer = np.bincount(outside, people)
    of_inner = np.bincount(inside, people, minlength=rest + 1)
    is_whole = people == of_inner[inside]

    def without(is_taken: Flags) -> Numbers:
        return of_outer - np.bincount(outside[is_taken], people[is_taken], len(of_outer))

    few = []
    # What is hidden of a type is known all together, and lies inside of a block or does not.
    for left in (without(is_whole & (inside != rest)), without(is_whole)):
        is_few = (left > 0) & (left < problem.least)
        few += [(block,) for block in np.flatnonzero(is_few).tolist()]
        # A cell that lies in two blocks is inside of both together.
        together = {}
        for one, other in zip(*_in_two(outside, inside), strict=True):
            pair = int(outside[one]), int(outside[other])
            together[pair] = together.get(pair, 0) + people[one] + people[other]
        few += [
            pair
            for pair, gained in together.items()
            if 0 < left[list(pair)].sum() - gained < problem.least
        ]
    for blocks in dict.fromkeys(few):
        of_few = np.isin(outside, blocks)
        within = np.bincount(inside[of_few], people[of_few], minlength=rest + 1) == of_inner
        cells = [(inner, place) for place in np.flatnonzero(within & (of_inner > 0)).tolist()]
        cells += [(outer, place) for place in blocks]
        shown = [cell for cell in cells if cell[1] < len(problem.sizes[cell[0]])]
        # A few of whom nothing is shown are left to the pair of types in which they are; with those
        # who follow from what is fixed nothing can be done.
        if can_be_hidden := problem.that_may_be_hidden(shown):
            yield can_be_hidden


def _in_two(outside: Integers, inside: Integers) -> tuple[Integers, Integers]:
    """Return both crossings of each cell of the inner type that lies in two blocks."""
    order = np.lexsort((outside, inside))
    both = order[np.bincount(inside)[inside[order]] == 2]
    return both[::2], both[1::2]


def what_follows(problem: Problem) -> Iterator[Sequence[Cell]]:
    """Rule 3: neither a hidden cell follows from what is shown, nor a few people.

    Yield, for each that does, the cells of which one has to be hidden.
    """
    known = Shown(problem)
    for type_, group in _that_follow(problem, known):
        if cells := known.cells_behind(type_, group):
            yield cells


def _that_follow(problem: Problem, known: Shown) -> Iterator[tuple[int | None, Numbers]]:
    """Yield the type, if it is one's cell, and the atoms of each group that follows from the shown.

    Random numbers stand for what the atoms are: where nothing is left of a group's sum once what is
    shown is taken away, the group follows.
    """
    drawn = np.random.default_rng(0).random((PROBES, len(problem.people)))
    left = known.left_over(drawn)
    for type_, row in enumerate(problem.atoms):
        is_hidden = (row != UNKNOWN) & (problem.shown(type_) == UNKNOWN)
        for place in np.unique(row[is_hidden]):
            group = (row == place).astype(float)
            sums = left @ group
            if abs(sums).max() < ROUNDING:
                yield type_, group
            elif problem.sizes[type_][place] > problem.one:
                yield from ((type_, rest) for rest in _with_one_person(problem, left, group, sums))
    yield from ((None, group) for group in problem.few.of_sum_zero(left))
    yield from ((None, group) for group in _two_atoms(problem, left))


def _with_one_person(
    problem: Problem, left: Numbers, group: Numbers, sums: Numbers
) -> Iterator[Numbers]:
    """Yield what is left of a group without the one person whose number gives it away."""
    single = np.flatnonzero((problem.people <= problem.one) & (abs(left[0]) > ROUNDING))
    times = sums[0] / left[0, single]
    is_multiple = (abs(sums[:, None] - times * left[:, single]) < ROUNDING).all(axis=0)
    for one, factor in zip(single[is_multiple], times[is_multiple], strict=True):
        rest = group.copy()
        rest[one] -= factor
        yield rest


def _two_atoms(problem: Problem, left: Numbers) -> Iterator[Numbers]:
    """Yield pairs of atoms, few people, of which opposite things are left."""
    few = np.flatnonzero((problem.people < problem.least) & (abs(left).max(axis=0) > ROUNDING))
    few = few[np.argsort(abs(left[0, few]), kind="stable")]
    one, other = few[:-1], few[1:]
    is_nothing = abs(left[:, one] + left[:, other]).max(axis=0, initial=0.0) < ROUNDING
    are_few = problem.people[one] + problem.people[other] < problem.least
    for pair in np.flatnonzero(is_nothing & are_few):
        group = np.zeros(len(problem.people))
        group[few[pair : pair + 2]] = 1.0
        yield group
