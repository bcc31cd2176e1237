"""docs/metrics.md, section 3.3: lifting interactions."""

from __future__ import annotations

from collections import Counter
from math import fsum

from .events import PairEvent
from .interactions import count_interactions, newman_weight
from .model import Row
from .ranks import LIFTING_CLASSES, Rank, Ranks
from .week import Week


def lifting(person: str, week: Week, ranks: Ranks) -> Row:
    """The columns of section 3.3."""
    profile = week.parameters.profile
    counted = dict.fromkeys((*LIFTING_CLASSES, "initiated", "contacts"), 0)
    by_rank: Counter[Rank | None] = Counter()
    weights: list[float] = []

    for other, events_of_pair in week.met_by(person).items():
        by_day_rank: dict[Rank | None, list[PairEvent]] = {}
        for one in events_of_pair:
            rank = ranks.of_other(person, other, one.on)
            by_day_rank.setdefault(rank, []).append(one)
        # The rank is the date's, so a channel counted per day never splits a day.
        for rank, events_of_rank in by_day_rank.items():
            by_rank[rank] += count_interactions(events_of_rank, profile)

        with_senior = by_day_rank.get(Rank.ABOVE, [])
        by_class: dict[str, list[PairEvent]] = {}
        for one in with_senior:
            name = ranks.lifting_class(person, other, one.on)
            by_class.setdefault(name, []).append(one)
        for name, events_of_class in by_class.items():
            counted[name] += count_interactions(events_of_class, profile)
        # "those in which p reached out (per pair event or, per day, on that date and
        # channel)".
        counted["initiated"] += count_interactions(
            (one for one in with_senior if one.reached_out(person)), profile
        )
        # "distinct persons above p met in w".
        counted["contacts"] += bool(with_senior)
        weights.append(newman_weight(with_senior))

    day = week.present[person].day
    is_ranked = ranks.is_ranked(person, day)
    compared = by_rank[Rank.ABOVE] + by_rank[Rank.SAME] + by_rank[Rank.BELOW]
    total = by_rank[Rank.ABOVE]
    row: Row = {
        "lifting_interactions": total,
        **{name: counted[name] for name in LIFTING_CLASSES},
        "lifting_beyond_manager": total - counted["lifting_own_manager"],
        "lifting_initiated": counted["initiated"],
        "lifting_contacts": counted["contacts"],
        "lifting_weight": fsum(weights),
        "coaching_given": by_rank[Rank.BELOW],
    }
    # "Every `lifting_*` column and `coaching_given` are NULL, not 0, when p is not
    # ranked and no interaction of w could be compared; the other two are never NULL".
    if not is_ranked and compared == 0:
        row = dict.fromkeys(row)
    return {
        **row,
        "same_rank_interactions": by_rank[Rank.SAME],
        "rank_unknown_interactions": by_rank[None],
        "is_ranked": is_ranked,
        "has_someone_above": ranks.has_someone_above(person, day),
    }
