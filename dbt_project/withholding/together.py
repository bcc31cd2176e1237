"""Which cells of a period are hidden because other figures say the same.

Each count of people is a problem of its own, and some say of one thing two numbers: how many people
a segment has; what is received from above is what is given below; contacts in other departments are
those in other teams where a department is one team; and pairs of departments are the sums of their
people's contacts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import partial

from dbt_project.withholding.pairs import Passing
from dbt_project.withholding.periods import Named, Period
from dbt_project.withholding.ties import (
    MEANS,
    ORGANISATION,
    Exposed,
    Sums,
    known_anyway,
    sums_of,
    withhold_beside_means,
)

# What is a part of one has 1 at most.
PARTS = ("cross_team_share_people", "reciprocal_share_people", "diversity_coverage_people")

# How many people there are is a figure of these, and of whom else it says something.
PEOPLE = "people"
SIZES = PEOPLE, "measured_people"
OF_KNOWN_TENURE = "tenure_known_people"

# What all receive from those above them is what all give to those below.
LIFTING = RECEIVED, GIVEN = "lifting_interactions_people", "coaching_given_people"

# Of people in departments of one team, or without a manager, both are one number.
ALIKE = ((MEANS[1], "cross_team_contacts_people"), ("lifting_beyond_manager_people", RECEIVED))

EVERYBODY: Named = (ORGANISATION, "all")
NEWLY_HIRED: Named = ("tenure_band", "under_26_weeks")


def most_of(rests_on: str) -> float:
    """Return what somebody can have at most."""
    return 1.0 if rests_on in PARTS else math.inf


def withhold_together(
    period: Period,
    hidden: dict[str, set[Named]],
    ties: Passing | None,
    least: int,
    *,
    is_new: bool,
) -> dict[str, AbstractSet[Named]]:
    """Add to what is hidden of a week the cells that would give those of another figure away.

    Parameters
    ----------
    period
        The week.
    hidden
        For each count of people the cells that are hidden however many people they are.
    ties
        Those of departments; None where there are none.
    least
        Fewer people than this are a few.
    is_new
        Whether nothing that is hidden may be bounded too narrowly.

    Returns
    -------
    dict
        For some counts the cells that are known from the pairs, whatever is hidden.
    """
    _beside_sizes(period, hidden)
    alike = {pair: _alike(period, *pair) for pair in ALIKE if period.counted.keys() >= {*pair}}
    fixed: dict[str, AbstractSet[Named]] = {}
    if ties:
        known = known_anyway(period, ties.people)
        fixed.update(zip(MEANS, known, strict=True))
    for (one, other), cells in alike.items():
        fixed[other] = fixed.get(one, set()) & cells

    has_lifting = period.counted.keys() >= {*LIFTING}

    def withheld(count: str) -> set[Named]:
        most = most_of(count) if is_new else None
        problem = period.solved(count, hidden[count], fixed.get(count, set()), most)
        return {*period.withheld(problem)}

    while True:
        if ties:
            _beside_ties(period, hidden, fixed, ties, least, is_new=is_new)
        before = {count: set(cells) for count, cells in hidden.items()}
        for (one, other), cells in alike.items():
            hidden[other] |= withheld(one) & cells
            hidden[one] |= withheld(other) & cells
        if has_lifting and any(EVERYBODY in withheld(count) for count in LIFTING):
            for count in LIFTING:
                hidden[count].add(EVERYBODY)
        if hidden == before:
            break
    if has_lifting and 0 < _in_one_sum_alone(period) < least:
        hidden[GIVEN].add(EVERYBODY)
    return fixed


def _beside_sizes(period: Period, hidden: dict[str, set[Named]]) -> None:
    """Hide of all figures what is hidden of how many people there are.

    Where all count in them, as they mostly do, the sizes that these show are one system: another
    sibling of a small team would give the team's size away.
    """
    for size in SIZES:
        if size not in period.counted:
            continue
        # How many all are is told anyway (`bi.release`).
        withheld = {*period.withheld(period.solved(size, hidden[size]))} - {EVERYBODY}
        for count in hidden.keys() - {PEOPLE}:
            # Whose tenure is known need not be measured.
            if size == PEOPLE or count != OF_KNOWN_TENURE:
                hidden[count] |= withheld
        # The share of them among all is how many have come newly.
        if size == PEOPLE and NEWLY_HIRED in withheld and OF_KNOWN_TENURE in hidden:
            hidden[OF_KNOWN_TENURE].add(EVERYBODY)


def _in_one_sum_alone(period: Period) -> int:
    """Count who receives and is not in the mean of that, or gives and is not in that of giving.

    The sums of both means differ by what these have.
    """
    received, given = (
        (period.has(count) > 0) & ~period.counted[count] for count in (RECEIVED, GIVEN)
    )
    return int((received | given).sum())


def _alike(period: Period, one: str, other: str) -> set[Named]:
    """Return the cells in which two counts have the same people, and these the same numbers."""
    counted = period.counted[one], period.counted[other]
    differs = period.has(one) != period.has(other)
    return period.without((counted[0] != counted[1]) | (counted[0] & differs))


def _beside_ties(
    period: Period,
    hidden: dict[str, set[Named]],
    fixed: Mapping[str, AbstractSet[Named]],
    ties: Passing,
    least: int,
    *,
    is_new: bool,
) -> None:
    """Hide the means of departments that would give withheld pairs of these away."""
    before = {count: frozenset(hidden[count]) for count in MEANS}

    def sums_without(most: float | None, exposed: Exposed) -> Sums:
        for count, some in zip(MEANS, exposed, strict=True):
            hidden[count] = {*before[count], *some}
        problems = (period.solved(count, hidden[count], fixed[count], most) for count in MEANS)
        return sums_of(period, *problems, ties.people)

    # Bounds take long: they are looked at when all else is settled.
    exposed = Exposed(set(), set())
    for most in (None, math.inf) if is_new else (None,):
        exposed = withhold_beside_means(
            ties.people, ties.behind, least, partial(sums_without, most), exposed
        )
