"""docs/metrics.md, section 9: how alive the pairs of programmes are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from .history import History
from .interactions import Pair, count_interactions
from .model import MEETING_CHANNELS, Enrolment, ProgrammeRecords, Row
from .network import share

PAIRED_TYPES = frozenset({"buddy", "mentoring", "job_shadowing", "pairing"})
"""Engagement is of each "mentor, buddy, shadowing or pairing pair"."""

FIRST_DAYS = (30, 60, 90)

DAYS_BEFORE = 84
"""`new_pair` is "no interaction in the 84 days before"."""


@dataclass(frozen=True)
class Engagement:
    """A pair in a programme from the first to the last day; `ends_on` is None where it is open."""

    programme_id: str
    pair: Pair
    starts_on: date
    ends_on: date | None
    planned_sessions: int | None


def engagement_rows(history: History, records: ProgrammeRecords) -> list[Row]:
    """One row for each pair of persons in a programme of pairs that touches the coverage."""
    held = held_sessions(history, records)
    rows = []
    for one in engagements(history, records):
        first = max(one.starts_on, history.coverage[0])
        # "(no end = end of the coverage)", and what is planned for later is not known yet.
        last = min(one.ends_on or history.coverage[1], history.coverage[1])
        if first <= last:
            sessions = [
                day
                for programme_id, day, participants in held
                if programme_id == one.programme_id
                and first <= day <= last
                and {*one.pair} <= participants
            ]
            rows.append(engagement_row(one, first, last, sessions, history))
    return rows


def engagements(history: History, records: ProgrammeRecords) -> list[Engagement]:
    """The pairs that the enrolments name.

    Two enrolments of one pair that begin on one day, as when each names the other, are one: "the
    earliest end that is known, the most planned sessions".
    """
    types = {programme.programme_id: programme.type for programme in records.programmes}
    persons = history.company.roster.persons
    together: dict[tuple[str, Pair, date], list[Enrolment]] = defaultdict(list)
    for one in records.enrolments:
        if types[one.programme_id] in PAIRED_TYPES:
            for partner in one.partners:
                if partner != one.person and {one.person, partner} <= persons:
                    pair = min(one.person, partner), max(one.person, partner)
                    together[one.programme_id, pair, one.starts_on].append(one)
    return [
        Engagement(
            *key,
            ends_on=min((one.ends_on for one in those if one.ends_on is not None), default=None),
            planned_sessions=max(
                (one.planned_sessions for one in those if one.planned_sessions is not None),
                default=None,
            ),
        )
        for key, those in sorted(together.items())
    ]


def held_sessions(
    history: History, records: ProgrammeRecords
) -> list[tuple[str, date, frozenset[str]]]:
    """Programme, date in the organisation's zone, and participants of each that was held."""
    zone = ZoneInfo(history.parameters.timezone)
    by_id = {one.session_id: one for one in records.sessions if one.is_held}
    return [
        (one.programme_id, one.started_at.astimezone(zone).date(), frozenset(one.participants))
        for one in by_id.values()
    ]


def engagement_row(
    one: Engagement, first: date, last: date, sessions: Sequence[date], history: History
) -> Row:
    """The row of a pair, over the covered days of its time in the programme."""
    # "the first held session, else the first meaningful meeting, call or mentoring pair event":
    # a pair of which no session is known has met when it had one of those.
    met = sessions or [
        event.on
        for event in history.pair_events(*one.pair, first, last)
        if event.channel in MEETING_CHANNELS
    ]
    # What came first is not known of a pair that began before the coverage.
    has_known_start = one.starts_on == first
    # "longest gap, start and end counted".
    days = sorted([first, *met, last])
    return {
        "programme_id": one.programme_id,
        "person_a": one.pair[0],
        "person_b": one.pair[1],
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "days_to_first_meeting": (min(met) - first).days if met and has_known_start else None,
        "sessions_held": len(sessions),
        "planned_sessions": one.planned_sessions,
        "held_share": (
            None if one.planned_sessions is None else share(len(sessions), one.planned_sessions)
        ),
        "longest_gap_days": max((later - earlier).days for earlier, later in pairwise(days)),
        **first_interactions(one, history),
        "is_new_pair": is_new_pair(one, history),
    }


def interactions_between(pair: Pair, first: date, last: date, history: History) -> int | None:
    """The pair's interactions in a span of days, None where those are not all in the coverage."""
    if not history.covers(first, last):
        return None
    found = history.pair_events(*pair, first, last)
    return count_interactions(found, history.parameters.profile)


def first_interactions(one: Engagement, history: History) -> Mapping[str, int | None]:
    """The "interactions in the first 30, 60 and 90 days", the first of which is the start."""
    return {
        f"interactions_{days}_days": interactions_between(
            one.pair, one.starts_on, one.starts_on + timedelta(days=days - 1), history
        )
        for days in FIRST_DAYS
    }


def is_new_pair(one: Engagement, history: History) -> bool | None:
    """No interaction "in the 84 days before, NULL where those are not all in the coverage"."""
    first = one.starts_on - timedelta(days=DAYS_BEFORE)
    before = interactions_between(one.pair, first, one.starts_on - timedelta(days=1), history)
    return None if before is None else before == 0
