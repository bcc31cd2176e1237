"""What goes into the reading, and what comes out of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

Row = dict[str, Any]
"""One row of a result, by column name."""

UNITS = ("team", "department", "discipline", "location", "work_mode")
"""Section 1, *unit*."""

PAIRWISE_CHANNELS = frozenset({"meeting", "call", "coauthoring", "learning_session", "contact"})
"""Section 2, "who is paired with whom": all, pairwise. All of them are mutual."""

MUTUAL_CHANNELS = PAIRWISE_CHANNELS | {"mentoring"}
"""Section 2, the channels whose column *mutual* says yes."""

SOURCE_CHANNELS = frozenset(
    {
        "email",
        "chat_direct",
        "chat_thread",
        "reaction",
        "code_review",
        "answer",
        "recognition",
        "feedback",
    }
)
"""Section 2, the source is paired with each target, not mutual."""

KNOWN_CHANNELS = MUTUAL_CHANNELS | SOURCE_CHANNELS
"""Whatever is none of these is a `pair`."""

LEARNING_CHANNELS = frozenset({"mentoring", "learning_session"})
"""Section 3.4, "mentoring and learning sessions"."""

MEETING_CHANNELS = frozenset({"meeting", "call", "mentoring"})
"""Sections 8 and 9, "meaningful meeting, call or mentoring"."""

SPACE_KINDS = ("public_channel", "repository", "mailing_list", "question_site")
"""Section 7, the spaces beside teams."""


class ChannelRule(NamedTuple):
    """One cell of the table of interaction profiles in section 2; None is no cap."""

    max_participants: int | None
    max_minutes: float | None
    counts_per: Literal["event", "day"]


def _profiles() -> dict[str, dict[str, ChannelRule]]:
    """The table of section 2, turned by a quarter: profile, then channel."""
    chat = ("chat_direct", "chat_thread")
    work = (
        "code_review",
        "coauthoring",
        "answer",
        "recognition",
        "feedback",
        "mentoring",
    )
    loose = ("contact", "pair")
    nothing = ChannelRule(0, None, "event")

    def rules(
        counts_per: Literal["event", "day"],
        email: int,
        meeting: int,
        call: int,
        small: int,
        session: int,
        chat_counts_per: Literal["event", "day"] = "day",
    ) -> dict[str, ChannelRule]:
        return {
            "email": ChannelRule(email, None, counts_per),
            "meeting": ChannelRule(meeting, 240, counts_per),
            "call": ChannelRule(call, 240, counts_per),
            **{name: ChannelRule(small, None, chat_counts_per) for name in chat},
            "reaction": nothing,
            **{name: ChannelRule(small, None, counts_per) for name in work},
            "learning_session": ChannelRule(session, None, counts_per),
            **{name: ChannelRule(None, None, counts_per) for name in loose},
        }

    every = (*KNOWN_CHANNELS, "pair")
    return {
        "viva": rules("event", email=19, meeting=18, call=8, small=8, session=18),
        "small_group": rules("event", email=5, meeting=5, call=5, small=5, session=5),
        "occasions": rules("day", email=19, meeting=18, call=8, small=8, session=18),
        "every_contact": {name: ChannelRule(None, None, "event") for name in every},
    }


PROFILES: Mapping[str, Mapping[str, ChannelRule]] = _profiles()
"""Section 2, the interaction profiles."""


@dataclass(frozen=True)
class RosterRow:
    """What the roster says of one person in the half-open span [valid_from, valid_to).

    An empty bound (None) is open. The bounds are final: `hired_on` and `left_on` no
    longer change them.
    """

    person: str
    team: str | None = None
    department: str | None = None
    discipline: str | None = None
    location: str | None = None
    work_mode: str | None = None
    job_level: float | None = None
    manager: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    content_hash: str = ""


@dataclass(frozen=True)
class Event:
    """One thing that happened at one time; parties are people already resolved.

    `mutual` is read only where the channel is none of section 2's table. `occurred_at`
    must know its zone. Section 7 asks for the rest: `space` names a `Space`; the messages, or
    question and answers, of one `thread` of a space belong together, and `is_reply` says of all
    but the first that they are not top-level; `is_question`, that a message has "a question mark
    outside links and code", or is a question of a question site.
    """

    event_id: str
    channel: str
    source: str
    targets: Collection[str]
    occurred_at: datetime
    minutes: float | None = None
    mutual: bool = False
    has_unknown_group: bool = False
    space: str | None = None
    thread: str | None = None
    is_reply: bool = False
    is_question: bool = False


@dataclass(frozen=True)
class Space:
    """Section 7, *space*, but for teams, which the roster knows.

    `kind` is one of `SPACE_KINDS`. `knows_replies` is false where the export does not say what
    replies to what. `listed` has the persons whom the export lists as members, by the day on
    which it was made; it is empty where the export lists none.
    """

    name: str
    kind: str
    knows_replies: bool = True
    listed: Mapping[date, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Programme:
    """Section 9. `type` is one of the page's; the days are its first and last, None is open."""

    programme_id: str
    type: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Enrolment:
    """A person in a programme, from the first to the last day, both included; None is open.

    Each of the `partners` makes a pair with the person.
    """

    programme_id: str
    person: str
    starts_on: date
    ends_on: date | None = None
    partners: Collection[str] = ()
    planned_sessions: int | None = None

    def touches(self, first: date, last: date) -> bool:
        """Whether some day of a span lies in it."""
        return self.starts_on <= last and (self.ends_on is None or first <= self.ends_on)


@dataclass(frozen=True)
class Session:
    """A session of a programme and who was there; one that was held is an event as well."""

    session_id: str
    programme_id: str
    started_at: datetime
    participants: Collection[str]
    is_held: bool = True


@dataclass(frozen=True)
class ProgrammeRecords:
    """What is known of programmes; parties are people already resolved."""

    programmes: Sequence[Programme] = ()
    enrolments: Sequence[Enrolment] = ()
    sessions: Sequence[Session] = ()


@dataclass(frozen=True)
class Parameters:
    """What `tacit.yml` may set, with its defaults.

    `coverage` is the first and the last day, both included; `day_of_run` drops what
    happened after it, None drops nothing.
    """

    timezone: str = "UTC"
    interaction_profile: str = "viva"
    profiles: Mapping[str, Mapping[str, ChannelRule]] = field(default_factory=lambda: PROFILES)
    tie_window_weeks: int = 4
    tie_min_interactions: int = 2
    tie_requires_reciprocity: bool = False
    rank_bases: tuple[str, ...] = ("line", "grade", "depth")
    coverage: tuple[date, date] | None = None
    has_domains: bool = False
    has_roster: bool = True
    min_group_size: int = 5
    day_of_run: date | None = None

    @property
    def profile(self) -> Mapping[str, ChannelRule]:
        """The rules of the chosen interaction profile, by channel."""
        return self.profiles[self.interaction_profile]


@dataclass(frozen=True)
class Reading:
    """All that was read: the covered span and the tables, each a list of rows."""

    coverage: tuple[date, date]
    person_weeks: list[Row]
    segment_weeks: list[Row]
    unit_pair_weeks: list[Row]
    ties: list[Row]
    person_structure: list[Row] = field(default_factory=list)
    org_structure: list[Row] = field(default_factory=list)
    participation: list[Row] = field(default_factory=list)
    newcomer_weeks: list[Row] = field(default_factory=list)
    newcomers: list[Row] = field(default_factory=list)
    programme_reach: list[Row] = field(default_factory=list)
    programme_engagement: list[Row] = field(default_factory=list)
    programme_effects: list[Row] = field(default_factory=list)


class ReadingError(ValueError):
    """Input that has no reading; the message is one sentence that says why."""
