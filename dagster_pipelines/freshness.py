"""How often a source is expected to deliver, and whether it does.

Here belongs the rule, once for Dagster's freshness policies and for `tacit status`. A source
delivers when a run finds a file of it that was not known before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dagster_pipelines.settings import Source

Freshness = Literal["fresh", "late", "overdue", "unexpected"]

# Of a source that says nothing, a weekly export that does not come is noticed, and a monthly one
# is not overdue before it can be.
UNSAID_LATE, UNSAID_OVERDUE = timedelta(days=8), timedelta(days=35)


@dataclass(frozen=True)
class Expectation:
    """After how long without a new file a source is late, and when it is overdue."""

    late_after: timedelta
    overdue_after: timedelta


def expectation_of(source: Source) -> Expectation | None:
    """Return what is expected of a source; None if nothing is to come any more.

    With `expect_every` it is late after that time and overdue after twice as long: one delivery may
    be missed, the second one is a reason to look.
    """
    if source.expect_every == "never":
        return None
    if source.expect_every is None:
        return Expectation(UNSAID_LATE, UNSAID_OVERDUE)
    return Expectation(source.expect_every, 2 * source.expect_every)


def freshness_of(source: Source, delivered_at: datetime, now: datetime) -> Freshness:
    """Tell how a source does that delivered last at a time (both in one zone, or in none)."""
    expected = expectation_of(source)
    if expected is None:
        return "unexpected"
    age = now - delivered_at
    if age > expected.overdue_after:
        return "overdue"
    return "late" if age > expected.late_after else "fresh"
