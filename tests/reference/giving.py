"""docs/metrics.md, section 3.4: giving, receiving and learning sessions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from math import fsum

from .events import Company, Occurrence, monday_of
from .interactions import count_interactions
from .model import LEARNING_CHANNELS, Row
from .network import share
from .week import Week

GIFTS = {
    "answer": "answers",
    "code_review": "reviews",
    "recognition": "recognition",
    "feedback": "feedback",
}
"""The four kinds, by channel."""


@dataclass
class GiftLedger:
    """Gifts and sessions of every week, by (week, person, …)."""

    given: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    received: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    sessions: dict[tuple[date, str], list[Occurrence]] = field(
        default_factory=lambda: defaultdict(list)
    )


def gifts_of(found: Iterable[Occurrence], company: Company) -> GiftLedger:
    """All gifts and sessions of the covered events, "caps aside"."""
    ledger = GiftLedger()
    for occurrence in found:
        week, on = monday_of(occurrence.on), occurrence.on
        if occurrence.channel in GIFTS:
            kind, giver = GIFTS[occurrence.channel], occurrence.event.source
            # "per (event, receiver), where giver and receiver are different persons,
            # both valid on its date".
            for receiver in set(occurrence.event.targets) - {giver}:
                if company.is_person_on(giver, on) and company.is_person_on(receiver, on):
                    ledger.given[week, giver, kind] += 1
                    ledger.received[week, receiver, kind] += 1
        if occurrence.channel in LEARNING_CHANNELS:
            for participant in occurrence.participants:
                ledger.sessions[week, participant].append(occurrence)
    return ledger


def giving(person: str, week: Week, gifts: GiftLedger) -> Row:
    """The columns of section 3.4."""
    profile = week.parameters.profile
    by_other = week.met_by(person)
    row: Row = {
        # "interactions of w with p as source, and as target (a mutual event is both)".
        "reached_out": sum(
            count_interactions((one for one in events if one.reached_out(person)), profile)
            for events in by_other.values()
        ),
        "was_reached": sum(
            count_interactions((one for one in events if one.reached_out(other)), profile)
            for other, events in by_other.items()
        ),
    }
    given_in_all = received_in_all = 0
    for kind in GIFTS.values():
        row[f"{kind}_given"] = gifts.given[week.start, person, kind]
        row[f"{kind}_received"] = gifts.received[week.start, person, kind]
        given_in_all += row[f"{kind}_given"]
        received_in_all += row[f"{kind}_received"]
    # "(given - received)/(given + received) over these four kinds; NULL on 0".
    row["giving_balance"] = share(given_in_all - received_in_all, given_in_all + received_in_all)
    sessions = gifts.sessions.get((week.start, person), [])
    led = [one for one in sessions if one.event.source == person]
    row["learning_minutes"] = learning_minutes(sessions)
    row["sessions_led"] = len(led)
    row["sessions_attended"] = len(sessions) - len(led)
    return row


def learning_minutes(sessions: list[Occurrence]) -> float | None:
    """Their known minutes, summed; "NULL when p took part and none are known"."""
    known = [one.event.minutes for one in sessions if one.event.minutes is not None]
    return None if sessions and not known else fsum(known)
