"""docs/metrics.md, section 7: what is asked in spaces, and how soon it is answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from .events import HUMAN_KINDS, Occurrence
from .history import History
from .model import Row, Space
from .network import share

ANSWER_TIME = timedelta(hours=72)
"""Answered is what has a reply "within 72 hours"."""


@dataclass(frozen=True)
class Question:
    """A question, and how long its first reply took, None where it has none.

    `can_be_judged` says that the export knows replies, and that the question was not younger than
    72 hours at the end of the coverage.
    """

    asker: str
    on: date
    space: str
    first_reply: timedelta | None
    can_be_judged: bool

    @property
    def is_answered(self) -> bool:
        """Whether another human replied in time."""
        return self.first_reply is not None and self.first_reply <= ANSWER_TIME


def questions_of(history: History, spaces: Mapping[str, Space]) -> list[Question]:
    """The questions of the coverage.

    "top-level messages with a question mark outside links and code, and questions of question
    sites, asked […] by any human". A message outside the spaces, as in a direct conversation, is
    none.
    """
    said: dict[tuple[str | None, str], list[Occurrence]] = defaultdict(list)
    for one in history.occurrences:
        if one.event.thread is not None and is_said_by_a_human(one, history):
            said[one.event.space, one.event.thread].append(one)
    end = end_of_coverage(history)
    return [
        Question(
            asker=one.event.source,
            on=one.on,
            space=one.event.space,
            first_reply=first_reply(one, said.get((one.event.space, one.event.thread), ())),
            # "questions younger than that at the end of the coverage are out".
            can_be_judged=(
                spaces[one.event.space].knows_replies and end - moment(one) >= ANSWER_TIME
            ),
        )
        for one in history.occurrences
        if one.event.is_question
        and not one.event.is_reply
        and one.event.space is not None
        and is_said_by_a_human(one, history)
    ]


def is_said_by_a_human(occurrence: Occurrence, history: History) -> bool:
    """A message, question or answer of a person, an internal unknown or an external."""
    is_human = history.company.kind(occurrence.event.source) in HUMAN_KINDS
    return is_human and occurrence.channel != "reaction"


def moment(occurrence: Occurrence) -> datetime:
    """When it happened, in UTC, in which hours are counted."""
    return occurrence.event.occurred_at.astimezone(UTC)


def end_of_coverage(history: History) -> datetime:
    """The midnight, in the organisation's zone, after the last Sunday."""
    midnight = datetime.combine(history.coverage[1] + timedelta(days=1), time())
    return midnight.replace(tzinfo=ZoneInfo(history.parameters.timezone)).astimezone(UTC)


def first_reply(question: Occurrence, said: Iterable[Occurrence]) -> timedelta | None:
    """How soon "another human sent a later message in the thread, or an answer"."""
    asked = moment(question)
    waited = [
        moment(one) - asked
        for one in said
        if one.event.source != question.event.source and moment(one) > asked
    ]
    return min(waited, default=None)


def answers(questions: Sequence[Question]) -> Row:
    """The figures of questions; NULL where none can be judged."""
    judged = [one for one in questions if one.can_be_judged]
    waited = [one.first_reply for one in judged if one.is_answered and one.first_reply is not None]
    hours = [one / timedelta(hours=1) for one in waited]
    return {
        "questions": len(questions),
        "answered_share": share(len(waited), len(judged)),
        "median_hours_to_first_reply": median(hours) if hours else None,
    }
