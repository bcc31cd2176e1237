"""docs/metrics.md, section 9: slope, nearest controls, effect and its errors. Figures only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import fmean, variance
from typing import TypeVar

from scipy import stats

from ..model import Row

NEIGHBOURS = 5
"""Controls are "the 5 people nearest"."""

TOLERANCE = 1e-9
"""Controls too are "all as near as the fifth (to 1e-9)"."""

DETECTABLE_ERRORS = 2.8
"""What could be shown "with 80 % power (2.8 standard errors)"."""

Somebody = TypeVar("Somebody")


@dataclass(frozen=True)
class Match:
    """δ of one person, and the persons who are the controls."""

    difference: float
    controls: tuple[str, ...]


def nearest(
    people: Sequence[Somebody],
    one: Somebody,
    distance: Callable[[Somebody, Somebody], float],
) -> list[Somebody]:
    """The 5 nearest "and all as near as the fifth"; nobody where there are fewer than 5."""
    if len(people) < NEIGHBOURS:
        return []
    fifth = sorted(distance(one, other) for other in people)[NEIGHBOURS - 1]
    return [other for other in people if distance(one, other) <= fifth + TOLERANCE]


def slope(observations: Iterable[tuple[Hashable, float, float]]) -> float:
    """The slope of d on x within groups, of (group, x, d).

    "after the means of each […] are taken off; 0 where x does not vary". Within the groups, that
    is: what varies between them only is taken off.
    """
    groups: dict[Hashable, list[tuple[float, float]]] = defaultdict(list)
    for group, x, d in observations:
        groups[group].append((x, d))
    products, squares = [], []
    for pairs in groups.values():
        mean_x, mean_d = fmean(x for x, _ in pairs), fmean(d for _, d in pairs)
        products += [(x - mean_x) * (d - mean_d) for x, d in pairs]
        squares += [(x - mean_x) ** 2 for x, _ in pairs]
    # Outcomes are whole numbers, and so the mean of equal ones is exact.
    return fsum(products) / fsum(squares) if fsum(squares) else 0.0


def estimate(matches: Sequence[Match], min_group_size: int) -> Row:
    """The published figures, "NULL below `min_group_size`"; errors of one match are not known."""
    n = len(matches)
    row: Row = {"matched": n}
    is_shown = n >= max(min_group_size, 1)
    effect = fmean(one.difference for one in matches) if is_shown else None
    error = standard_error(matches) if is_shown and n > 1 else None
    row["effect"] = effect
    row["standard_error"] = error
    # "95 % interval by Student's t with n - 1".
    reach = None if error is None else float(stats.t.ppf(0.975, n - 1)) * error
    row["interval_low"] = None if reach is None else effect - reach
    row["interval_high"] = None if reach is None else effect + reach
    row["detectable_effect"] = None if error is None else DETECTABLE_ERRORS * error
    return row


def standard_error(matches: Sequence[Match]) -> float:
    """√(s²·(1/n + Σ_j K_j²/n²)) with s² = var(δ)/(1 + 1/m).

    "m the mean size of M(i), K_j = Σ over i with person j in M(i) of 1/|M(i)|".
    """
    n = len(matches)
    m = fmean(len(one.controls) for one in matches)
    shares: Counter[str] = Counter()
    for one in matches:
        for person in one.controls:
            shares[person] += 1 / len(one.controls)
    s_squared = variance(one.difference for one in matches) / (1 + 1 / m)
    return sqrt(s_squared * (1 / n + fsum(k * k for k in shares.values()) / n**2))
