"""The figures of a cell, counted again from the rows that explain it.

Written apart from the models, in plain Python, so that the two ways have to agree. Each function
takes the rows that were found for one thing, a person's week for one, and returns all figures that
they give, by the name of the mart's column; None is NULL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import fsum, log
from statistics import median
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]
Figures = dict[str, float | None]

LIFTING_CLASSES = (
    "own_manager",
    "skip_level",
    "other_upline",
    "senior_unknown_team",
    "senior_peer",
    "cross_team_senior",
)
GIVINGS = ("answers", "reviews", "recognition", "feedback")
UNITS = ("team", "department", "discipline")


def of_ties(own: Row, ties: Rows) -> Figures:
    """Count a person's network size and diversity from the ties of the week."""
    figures: Figures = {
        "network_size": len(ties),
        "reciprocal_share": _share(sum(tie["is_reciprocal"] for tie in ties), len(ties)),
    }
    for unit in UNITS:
        known = [tie[unit] for tie in ties if tie[unit] is not None]
        others = [value for value in known if value != own[unit]]
        has_unit = own[unit] is not None
        figures[f"cross_{unit}_contacts"] = len(others) if has_unit else None
        figures[f"{unit}s_reached"] = len(set(others)) if has_unit else None
        figures[f"cross_{unit}_share"] = _share(len(others), len(known)) if has_unit else None
        if unit == "team":
            figures["diversity_coverage"] = _share(len(known), len(ties)) if has_unit else None
        if unit == "department":
            inside = len(known) - len(others)
            figures["department_ei_index"] = (
                _share(len(others) - inside, len(known)) if has_unit else None
            )
            shares = [count / len(known) for count in Counter(known).values()]
            figures["department_blau"] = 1 - fsum(s * s for s in shares) if known else None
            figures["department_shannon"] = -fsum(s * log(s) for s in shares) if known else None
    return figures


def of_external_ties(own: Row, ties: Rows) -> Figures:
    """Count the externals whom a person is tied to; NULL without declared domains."""
    is_counted = own["external_network_size"] is not None
    return {"external_network_size": len(ties) if is_counted else None}


def of_pair_days(own: Row, days: Rows) -> Figures:
    """Count a person's interactions of the week, by who ranks above whom."""

    def total(measure: str, ranks: str, *classes: str) -> float:
        return sum(
            day[measure]
            for day in days
            if day["contact_ranks"] == ranks and (not classes or day["lifting_class"] in classes)
        )

    above = [day for day in days if day["contact_ranks"] == "above"]
    lifting: Figures = {
        "lifting_interactions": total("interactions", "above"),
        "lifting_beyond_manager": total("interactions", "above", *LIFTING_CLASSES[1:]),
        "lifting_initiated": total("reached_out", "above"),
        "lifting_contacts": len({day["contact_id"] for day in above}),
        "lifting_weight": float(sum(day["newman_weight"] for day in above)),
        "coaching_given": total("interactions", "below"),
    }
    for name in LIFTING_CLASSES:
        lifting[f"lifting_{name}"] = total("interactions", "above", name)
    if not own["is_ranked"] and all(day["contact_ranks"] == "unknown" for day in days):
        lifting = dict.fromkeys(lifting)
    return lifting | {
        "collaborators": len({day["contact_id"] for day in days}),
        "interactions": sum(day["interactions"] for day in days),
        "reached_out": sum(day["reached_out"] for day in days),
        "was_reached": sum(day["was_reached"] for day in days),
        "same_rank_interactions": total("interactions", "neither"),
        "rank_unknown_interactions": total("interactions", "unknown"),
    }


def of_givings(_own: Row, events: Rows) -> Figures:
    """Count what a person gave and received in the week."""
    figures: Figures = {}
    for name in GIVINGS:
        of_kind = [event for event in events if event["giving"] == name]
        figures[f"{name}_given"] = sum(event["has_given"] for event in of_kind)
        figures[f"{name}_received"] = sum(event["has_received"] for event in of_kind)
    given = sum(event["has_given"] for event in events)
    received = sum(event["has_received"] for event in events)
    return figures | {"giving_balance": _share(given - received, given + received)}


def of_sessions(_own: Row, sessions: Rows) -> Figures:
    """Count the sessions that a person led or attended in the week, and their minutes."""
    known = [session["minutes"] for session in sessions if session["minutes"] is not None]
    led = sum(session["has_led"] for session in sessions)
    return {
        "learning_minutes": fsum(known) if known or not sessions else None,
        "sessions_led": led,
        "sessions_attended": len(sessions) - led,
    }


def of_acts(_own: Row, acts: Rows) -> Figures:
    """Tell from what a person did in the window whether he was active."""
    return {"is_active": bool(acts)}


def of_pair(_own: Row, days: Rows) -> Figures:
    """Sum up what two people had in the window."""
    minutes = [day["shared_minutes"] for day in days if day["shared_minutes"] is not None]
    return {
        "interactions": sum(day["interactions"] for day in days),
        "newman_weight": float(sum(day["newman_weight"] for day in days)),
        "shared_minutes": float(sum(minutes)) if minutes else None,
        "is_reciprocal": all(
            any(day[way] for day in days) for way in ("reached_out", "was_reached")
        ),
    }


def of_units(own: Row, pairs: Rows) -> Figures:
    """Count what two units had with each other, out of all that the first had with any."""
    here = [pair for pair in pairs if pair["contact_unit"] == own["to_unit"]]
    tied = [pair for pair in here if pair["is_tied"]]
    is_diagonal = own["from_unit"] == own["to_unit"]

    def side(of: Rows, column: str) -> int:
        """Count the people on a side; inside one unit both stand on either."""
        both = ("person_id", "contact_id") if is_diagonal else (column,)
        return len({pair[name] for pair in of for name in both})

    interactions = sum(pair["interactions"] for pair in here)
    return {
        "ties": len(tied),
        "people_from": side(tied, "person_id"),
        "people_to": side(tied, "contact_id"),
        "interacting_people_from": side(here, "person_id"),
        "interacting_people_to": side(here, "contact_id"),
        "interactions": interactions,
        "share": _share(interactions, sum(pair["interactions"] for pair in pairs)),
    }


def of_members(_own: Row, members: Rows) -> Figures:
    """Count who contributed to a space in the week, and how evenly."""
    rising = sorted(member["contributions"] for member in members)
    n, total = len(rising), sum(rising)
    figures: Figures = {
        "members": n,
        "contributors": sum(value > 0 for value in rising),
        "contributions": total,
        "lapsed_share": _share(sum(value == 0 for value in rising), n),
        "top_contributor_share": _share(rising[-1], total) if rising else None,
        "participation_gini": gini(rising),
        "absence_factor": None,
    }
    if total:
        reached, factor = 0, 0
        while 2 * reached < total:
            factor += 1
            reached += rising[-factor]
        figures["absence_factor"] = factor
    return figures


def of_listed(own: Row, listed: Rows) -> Figures:
    """Count who is listed as a member of a space, and who has been silent; NULL without a list."""
    return {
        "listed_members": None if own["listed_members"] is None else len(listed),
        "silent_share": _share(sum(one["is_silent"] for one in listed), len(listed)),
    }


def of_questions(_own: Row, questions: Rows) -> Figures:
    """Count the questions of a space and the answered ones among them."""
    judged = [one for one in questions if one["can_be_judged"]]
    answered = [one for one in judged if one["is_answered"]]
    hours = [one["hours_to_first_reply"] for one in answered]
    return {
        "questions": len(questions),
        "askers": len({one["person_id"] for one in questions}),
        "answered_share": _share(len(answered), len(judged)),
        "judged_askers": len({one["person_id"] for one in judged}),
        "median_hours_to_first_reply": median(hours) if hours else None,
        "answered_askers": len({one["person_id"] for one in answered}),
    }


def of_segment(_own: Row, people: Rows) -> Figures:
    """Take the mean, the median and the Gini coefficient over the people who count."""
    values = sorted(person["value"] for person in people if person["counts"])
    return {
        "mean": fsum(values) / len(values) if values else None,
        "median": median(values) if values else None,
        "people": len(values),
        "gini": gini(values),
    }


def of_effect(own: Row, matched: Rows) -> Figures:
    """Average what enrolled people have beyond their controls; NULL where they are too few."""
    is_newcomers = own["design"] == "newcomer"

    def beyond(one: Row) -> float:
        if is_newcomers:
            return one["value_after"] - one["control_value_after"]
        change = one["value_after"] - one["value_before"]
        expected = (
            one["control_value_after"]
            - one["control_value_before"]
            + one["slope"] * (one["value_before"] - one["control_value_before"])
        )
        return change - expected

    is_shown = bool(matched) and own["effect"] is not None
    return {
        "matched": len(matched),
        "effect": fsum(beyond(one) for one in matched) / len(matched) if is_shown else None,
    }


def gini(rising: Sequence[float]) -> float | None:
    """Return the Gini coefficient of values in rising order; None where they sum to nothing.

    >>> gini([0, 0, 1, 3])
    0.625
    """
    n, total = len(rising), fsum(rising)
    if not total:
        return None
    return 2 * fsum(i * x for i, x in enumerate(rising, start=1)) / (n * total) - (n + 1) / n


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
