"""docs/metrics.md, section 5: segments, with the Gini coefficient of section 7."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import fsum
from statistics import median

from .model import UNITS, Row
from .network import share
from .week import Week

SEGMENT_TYPES = ("organisation", *UNITS, "tenure_band")

LIFTING_MEASURES = (
    "lifting_interactions",
    "lifting_contacts",
    "lifting_beyond_manager",
)

MEASURES = (
    "network_size",
    "cross_team_contacts",
    "cross_department_contacts",
    "departments_reached",
    "cross_team_share",
    "reciprocal_share",
    *LIFTING_MEASURES,
    "coaching_given",
    "learning_minutes",
    "diversity_coverage",
)


def segment_rows(person_rows: Sequence[Row], week: Week) -> list[Row]:
    """One row for each segment type and value that the week's rows know."""
    return [
        {
            "segment_type": segment_type,
            "segment_value": value,
            "week_start": week.start,
            "team_department": (
                department_of_most(rows_of_value) if segment_type == "team" else None
            ),
            **segment(rows_of_value, week),
        }
        for segment_type, value, rows_of_value in by_segment(person_rows)
    ]


def by_segment(person_rows: Sequence[Row]) -> Iterator[tuple[str, str, list[Row]]]:
    """Segment type, segment value, and the rows with that known value."""
    for segment_type in SEGMENT_TYPES:
        by_value: dict[str, list[Row]] = {}
        for row in person_rows:
            value = "all" if segment_type == "organisation" else row[segment_type]
            # "unknown belongs to no segment".
            if value is not None:
                by_value.setdefault(value, []).append(row)
        for value, rows_of_value in sorted(by_value.items()):
            yield segment_type, value, rows_of_value


def department_of_most(rows: Sequence[Row]) -> str | None:
    """The known department of most of a team's people; of equals the first in the alphabet."""
    people = Counter(row["department"] for row in rows if row["department"] is not None)
    return min(people, key=lambda name: (-people[name], name), default=None)


def segment(rows: Sequence[Row], week: Week) -> Row:
    """The figures of one segment and week."""
    measured = [row for row in rows if row["is_measured"]]
    # Section 3.3: "Averages of lifting use measured people with `has_someone_above =
    # true`, and give their number".
    lifted = [row for row in measured if row["has_someone_above"] is True]
    result: Row = {"people": len(rows), "measured_people": len(measured)}
    for measure in MEASURES:
        basis = lifted if measure in LIFTING_MEASURES else measured
        values = [row[measure] for row in basis if row[measure] is not None]
        result[f"mean_{measure}"] = fsum(values) / len(values) if values else None
        result[f"median_{measure}"] = median(values) if values else None
        # Section 10: "A cell rests on the people in its own denominator".
        result[f"{measure}_people"] = len(values)
    result["lifting_people"] = sum(row["lifting_interactions"] is not None for row in lifted)

    # "among those with a full window, *active or not*".
    full = [row for row in rows if row["is_full_window"]]
    result["full_window_people"] = len(full)
    isolated = sum(row["network_size"] <= 1 for row in full)
    silent = sum(not row["is_active"] for row in full)
    result["isolated_share"] = share(isolated, len(full))
    result["silent_share"] = share(silent, len(full))

    # "people of under 26 weeks / people whose tenure is known".
    known = [row for row in rows if row["tenure_weeks"] is not None]
    result["tenure_known_people"] = len(known)
    newcomers = sum(row["tenure_band"] == "under_26_weeks" for row in known)
    result["newcomer_share"] = share(newcomers, len(known))

    result["departments_reached_together"] = departments_reached_together(measured, week)
    result["participation_gini"] = gini([row["reached_out"] for row in measured])
    return result


def departments_reached_together(measured: Sequence[Row], week: Week) -> int | None:
    """Distinct departments that any measured person reached, each one's own left out.

    What a person reaches is NULL when the own department is unknown (section 3.2), so
    the figure is NULL where that is so of all of them.
    """
    with_department = [row for row in measured if row["department"] is not None]
    if not with_department:
        return None
    reached = {
        week.present[other].unit("department")
        for row in with_department
        for other in week.contacts[row["person_id"]]
        if week.present[other].unit("department") != row["department"]
    }
    return len(reached - {None})


def gini(values: Sequence[float]) -> float | None:
    """Section 7: 2Σ i·x_i/(nΣx) - (n+1)/n, "in rising order, zeros in".

    "NULL without contributions".
    """
    total, count = fsum(values), len(values)
    if not total:
        return None
    ranked = fsum(place * value for place, value in enumerate(sorted(values), start=1))
    return 2 * ranked / (count * total) - (count + 1) / count
