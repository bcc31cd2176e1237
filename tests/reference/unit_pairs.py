"""docs/metrics.md, section 6: between teams and between departments."""

from __future__ import annotations

from collections import Counter, defaultdict

from .model import Row
from .week import Week

PAIRED_UNITS = ("team", "department")


def unit_pair_rows(week: Week) -> list[Row]:
    """One row for each ordered pair of units with interactions in the window."""
    rows = []
    for unit_type in PAIRED_UNITS:
        interactions: Counter[tuple[str, str]] = Counter()
        ties: Counter[tuple[str, str]] = Counter()
        # Ordered pair of units, then the people of its first unit who hold a tie.
        holders: dict[tuple[str, str], set[str]] = defaultdict(set)
        # Section 10: "on the people of each side who have one" (an interaction).
        interacting: dict[tuple[str, str], set[str]] = defaultdict(set)
        for (a, b), window in week.windows.items():
            unit_a = week.present[a].unit(unit_type)
            unit_b = week.present[b].unit(unit_type)
            # "among persons with a row in w and known units as of that row".
            if unit_a is None or unit_b is None:
                continue
            # "A pair inside one unit counts once on the diagonal, a pair across once in
            # each direction."
            for direction in {(unit_a, unit_b), (unit_b, unit_a)}:
                interactions[direction] += window.interactions
                ties[direction] += (a, b) in week.ties
            interacting[unit_a, unit_b].add(a)
            interacting[unit_b, unit_a].add(b)
            if (a, b) in week.ties:
                holders[unit_a, unit_b].add(a)
                holders[unit_b, unit_a].add(b)
        # "those of `from` with all known units".
        all_of: Counter[str] = Counter()
        for (from_unit, _), count in interactions.items():
            all_of[from_unit] += count
        rows.extend(
            {
                "unit_type": unit_type,
                "from_unit": from_unit,
                "to_unit": to_unit,
                "week_start": week.start,
                "ties": ties[from_unit, to_unit],
                "people_from": len(holders[from_unit, to_unit]),
                "people_to": len(holders[to_unit, from_unit]),
                "interacting_people_from": len(interacting[from_unit, to_unit]),
                "interacting_people_to": len(interacting[to_unit, from_unit]),
                "interactions": count,
                "share": count / all_of[from_unit],
            }
            for (from_unit, to_unit), count in sorted(interactions.items())
            if count > 0
        )
    return rows
