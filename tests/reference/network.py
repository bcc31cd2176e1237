"""docs/metrics.md, sections 3.1 and 3.2: network size and diversity."""

from __future__ import annotations

from collections import Counter
from math import fsum, log

from .interactions import count_interactions
from .model import Row
from .week import Week

DIVERSE_UNITS = ("team", "department", "discipline")


def share(part: float, whole: float) -> float | None:
    """A ratio; "NULL where a ratio has no denominator" (section 11)."""
    return part / whole if whole else None


def network_size(person: str, week: Week) -> Row:
    """The columns of section 3.1."""
    parameters = week.parameters
    contacts = week.contacts[person]
    # "interactions of week w with all persons".
    counts = [
        count_interactions(events_of_pair, parameters.profile)
        for events_of_pair in week.met_by(person).values()
    ]
    reciprocal = sum(week.window_between(person, other).is_reciprocal for other in contacts)
    return {
        "network_size": len(contacts),
        "collaborators": sum(count >= 1 for count in counts),
        "interactions": sum(counts),
        "external_network_size": external_network_size(person, week),
        "reciprocal_share": share(reciprocal, len(contacts)),
    }


def external_network_size(person: str, week: Week) -> int | None:
    """Externals with at least `tie_min_interactions` interactions in the window.

    "paired and counted as persons are; NULL without declared domains".
    """
    if not week.parameters.has_domains:
        return None
    return sum(
        window.interactions >= week.parameters.tie_min_interactions
        for (insider, _), window in week.external_windows.items()
        if insider == person
    )


def network_diversity(person: str, week: Week) -> Row:
    """The columns of section 3.2."""
    contacts = week.contacts[person]
    row: Row = {}
    for unit in DIVERSE_UNITS:
        own = week.present[person].unit(unit)
        # "a contact's are those of the contact's own row in w".
        known = [
            theirs for other in contacts if (theirs := week.present[other].unit(unit)) is not None
        ]
        # "whose unit is known and differs from p's".
        crossing = [theirs for theirs in known if theirs != own]
        # "All NULL when p's own unit is unknown".
        has_own = own is not None
        row[f"cross_{unit}_contacts"] = len(crossing) if has_own else None
        row[f"{unit}s_reached"] = len(set(crossing)) if has_own else None
        row[f"cross_{unit}_share"] = share(len(crossing), len(known)) if has_own else None
        if unit == "team":
            row["diversity_coverage"] = share(len(known), len(contacts)) if has_own else None
        if unit == "department":
            outside, inside = len(crossing), len(known) - len(crossing)
            row["department_ei_index"] = (
                share(outside - inside, outside + inside) if has_own else None
            )
            row["department_blau"] = blau(known)
            row["department_shannon"] = shannon(known)
    return row


def shares_of(values: list[str]) -> list[float]:
    """The share of each distinct value."""
    return [count / len(values) for count in Counter(values).values()]


def blau(values: list[str]) -> float | None:
    """1 - Σ s²; "NULL when there is none"."""
    return 1 - fsum(one * one for one in shares_of(values)) if values else None


def shannon(values: list[str]) -> float | None:
    """-Σ s·ln s; "NULL when there is none"."""
    return -fsum(one * log(one) for one in shares_of(values)) if values else None
