"""docs/metrics.md, section 2: interactions, weights, reaching out, ties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import fsum

from .events import Company, Occurrence, PairEvent, monday_of, pair_events
from .model import ChannelRule, Parameters, Row

Pair = tuple[str, str]


@dataclass
class PairLedger:
    """Meaningful pair events by week and pair; of persons, and with externals."""

    persons: dict[date, dict[Pair, list[PairEvent]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    externals: dict[date, dict[Pair, list[PairEvent]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def ledger_of(found: Iterable[Occurrence], company: Company) -> PairLedger:
    """All pair events of the covered events, by the week and the pair."""
    ledger = PairLedger()
    for occurrence in found:
        among_persons, with_externals = pair_events(occurrence, company)
        week = monday_of(occurrence.on)
        for pair_event in among_persons:
            ledger.persons[week][pair_event.a, pair_event.b].append(pair_event)
        for pair_event in with_externals:
            ledger.externals[week][pair_event.a, pair_event.b].append(pair_event)
    return ledger


def count_interactions(
    events_of_pair: Iterable[PairEvent], profile: Mapping[str, ChannelRule]
) -> int:
    """The interactions of ONE pair in whatever span its pair events are from.

    "for a channel with `counts_per = event`, the number of meaningful pair events; with
    `counts_per = day`, the number of distinct dates that have one; summed over
    channels."
    """
    events = 0
    days: set[tuple[str, date]] = set()
    for pair_event in events_of_pair:
        if profile[pair_event.channel].counts_per == "event":
            events += 1
        else:
            days.add((pair_event.channel, pair_event.on))
    return events + len(days)


def newman_weight(events_of_pair: Iterable[PairEvent]) -> float:
    """Σ 1/(participants - 1), "per meaningful pair event"."""
    return fsum(1 / (one.participant_count - 1) for one in events_of_pair)


def shared_minutes(events_of_pair: Iterable[PairEvent]) -> float | None:
    """Σ minutes/(participants - 1), "NULL where no minutes are known"."""
    known = [
        one.minutes / (one.participant_count - 1)
        for one in events_of_pair
        if one.minutes is not None
    ]
    return fsum(known) if known else None


@dataclass(frozen=True)
class PairWindow:
    """A pair over the window of a week."""

    interactions: int
    a_reached_out: bool
    b_reached_out: bool
    newman_weight: float
    shared_minutes: float | None

    @property
    def is_reciprocal(self) -> bool:
        """Both sides have reached out in the window."""
        return self.a_reached_out and self.b_reached_out


def window_weeks(week: date, tie_window_weeks: int) -> list[date]:
    """The Mondays of the window of a week.

    Section 1, *window*: "the 7 x `tie_window_weeks` days that end with the Sunday of
    w".
    """
    return [week - timedelta(days=7 * back) for back in range(tie_window_weeks)]


def pairs_in_window(
    by_week: Mapping[date, Mapping[Pair, list[PairEvent]]],
    week: date,
    parameters: Parameters,
) -> dict[Pair, PairWindow]:
    """Every pair that interacted in the window of a week."""
    gathered: dict[Pair, list[PairEvent]] = defaultdict(list)
    for one_week in window_weeks(week, parameters.tie_window_weeks):
        for pair, events_of_pair in by_week.get(one_week, {}).items():
            gathered[pair].extend(events_of_pair)
    return {
        pair: PairWindow(
            interactions=count_interactions(events_of_pair, parameters.profile),
            a_reached_out=any(one.a_reached_out for one in events_of_pair),
            b_reached_out=any(one.b_reached_out for one in events_of_pair),
            newman_weight=newman_weight(events_of_pair),
            shared_minutes=shared_minutes(events_of_pair),
        )
        for pair, events_of_pair in gathered.items()
    }


def is_tie(window: PairWindow, parameters: Parameters) -> bool:
    """Section 2, *Tie*, of a pair whose two persons both have a row in the week."""
    if window.interactions < parameters.tie_min_interactions:
        return False
    return window.is_reciprocal or not parameters.tie_requires_reciprocity


def tie_row(week: date, pair: Pair, window: PairWindow) -> Row:
    """The row of one tie."""
    return {
        "week_start": week,
        "person_a": pair[0],
        "person_b": pair[1],
        "interactions": window.interactions,
        "is_reciprocal": window.is_reciprocal,
        "newman_weight": window.newman_weight,
        "shared_minutes": window.shared_minutes,
    }
