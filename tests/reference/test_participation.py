"""docs/metrics.md, section 7, read by hand: one rule a test."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.reference.model import Event, ReadingError, RosterRow, Row, Space
from tests.reference.participation import absence_factor
from tests.reference.story import WEEK, event, people, read, some

HELP = Space("help", "public_channel")
ASKED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def said(person: str, on: date = WEEK, **more: object) -> Event:
    """A message in the channel."""
    return event(person, on=on, **{"channel": "chat_thread", "space": "help", **more})


def asked(person: str, at: datetime = ASKED_AT, **more: object) -> Event:
    """A question in the channel that starts the thread `t`, unless `more` names another."""
    return said(person, **{"occurred_at": at, "is_question": True, "thread": "t", **more})


def replied(person: str, hours: float, **more: object) -> Event:
    """A reply in the thread `t` of the channel, so long after the question."""
    at = ASKED_AT + timedelta(hours=hours)
    return said(person, **{"occurred_at": at, "is_reply": True, "thread": "t", **more})


def space_weeks(
    roster: list[RosterRow],
    events: list[Event],
    space: Space = HELP,
    parties: dict[str, str] | None = None,
    **parameters: object,
) -> dict[date, Row]:
    """The rows of one space, by week."""
    reading = read(roster, events, parties, [space], **parameters)
    return {
        row["week_start"]: row
        for row in reading.participation
        if (row["space_type"], row["space_name"]) == (space.kind, space.name)
    }


# Contributions and members


def test_a_contribution_is_an_event_other_than_a_reaction_whose_actor_is_a_valid_person() -> None:
    roster = [*people(*"abc"), RosterRow("gone", valid_to=WEEK)]
    events = [
        said("a"),
        said("a", is_reply=True, thread="t"),
        said("a", channel="email", has_unknown_group=True),
        said("b", channel="reaction"),
        # Its actor is the first author.
        event("b", "c", channel="coauthoring", space="help"),
        # It has none.
        event("a", "b", channel="meeting", space="help"),
        said("gone"),
        said("unknown"),
        said("bot"),
        event("c"),
    ]
    row = space_weeks(roster, events, parties={"bot": "bot"})[WEEK]
    assert some(row, "contributions", "contributors", "members") == (4, 2, 2)


def test_members_contributed_in_the_12_weeks_that_end_with_the_week() -> None:
    first = date(2026, 1, 5)
    weeks = [first + timedelta(weeks=number) for number in range(14)]
    coverage = (first, weeks[-1])
    rows = space_weeks(people(*"ab"), [said("a", first), said("b", weeks[11])], coverage=coverage)
    names = ("members", "contributors", "lapsed_share", "is_full_span")
    assert some(rows[weeks[0]], *names) == (1, 1, 0, False)
    assert some(rows[weeks[10]], *names) == (1, 0, 1, False)
    assert some(rows[weeks[11]], *names) == (2, 1, 1 / 2, True)
    assert some(rows[weeks[12]], *names) == (1, 0, 1, True)


def test_contributions_are_unequal_among_members_and_zeros_are_in() -> None:
    earlier = said("e", WEEK - timedelta(weeks=1))
    events = [said(person) for person in "aaaabbcd"]
    rows = space_weeks(people(*"abcde"), [earlier, *events])
    # Of 0, 1, 1, 2, 4 in rising order: 2 (2 + 3 + 8 + 20) / (5 * 8) - 6/5.
    names = ("members", "top_contributor_share", "participation_gini", "absence_factor")
    assert some(rows[WEEK], *names) == pytest.approx((5, 1 / 2, 0.45, 1))


def test_without_contributions_there_is_nothing_to_share() -> None:
    rows = space_weeks(people("a"), [said("a", WEEK - timedelta(weeks=1))])
    names = ("contributions", "lapsed_share", "top_contributor_share", "participation_gini")
    assert some(rows[WEEK], *names, "absence_factor") == (0, 1, None, None, None)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([4, 2, 1, 1], 1), ([3, 3, 2], 2), ([1, 1, 1], 2), ([2, 2], 1), ([7], 1), ([], None)],
)
def test_the_absence_factor_is_the_fewest_with_half(
    counts: list[int], expected: int | None
) -> None:
    assert absence_factor(Counter(dict(enumerate(counts)))) == expected


def test_listed_members_are_persons_of_the_week_and_silent_those_who_never_contributed() -> None:
    roster = [*people(*"abcd"), RosterRow("gone", valid_to=WEEK), RosterRow("e", valid_from=WEEK)]
    before = WEEK - timedelta(weeks=1)
    space = Space(
        "help",
        "public_channel",
        listed={
            WEEK: {"a", "b", "d", "gone", "e", "bot", "unknown"},
            WEEK + timedelta(weeks=9): {"a"},
        },
    )
    events = [said("a", before), said("c"), said("d")]
    rows = space_weeks(roster, events, space, {"bot": "bot"})
    names = ("listed_members", "silent_share", "members")
    assert some(rows[WEEK], *names) == (4, 1 / 2, 3)
    # Before the first list the first holds, of the persons who were there.
    assert some(rows[before], *names) == (4, 3 / 4, 1)
    assert some(space_weeks(roster, events)[WEEK], *names) == (None, None, 3)


def test_a_later_list_replaces_an_earlier_one_from_its_week_on() -> None:
    lists = {WEEK - timedelta(days=1): {"a", "b"}, WEEK + timedelta(days=6): {"a"}}
    rows = space_weeks(people(*"ab"), [], Space("help", "public_channel", listed=lists))
    listed = {start: row["listed_members"] for start, row in rows.items()}
    assert listed == {WEEK - timedelta(weeks=back): 2 if back else 1 for back in range(4)}


def test_a_space_has_a_row_once_there_is_somebody_or_something() -> None:
    assert not space_weeks(people("a"), [said("unknown")])
    by_stranger = space_weeks(people("a"), [asked("unknown")])
    assert [row["questions"] for row in by_stranger.values()] == [1]
    later = WEEK - timedelta(weeks=1)
    assert [*space_weeks(people("a"), [said("a", later)])] == [later, WEEK]


def test_a_space_that_is_not_described_is_an_error() -> None:
    with pytest.raises(ReadingError, match="unknown space"):
        read(people("a"), [said("a")])
    with pytest.raises(ReadingError, match="unknown kind"):
        read(people("a"), [], spaces=[Space("help", "kitchen")])


# Questions


def test_questions_are_top_level_and_asked_by_any_human() -> None:
    kinds = {"client": "external", "bot": "bot"}
    humans = [asked("a", thread="1"), asked("client", thread="2"), asked("unknown", thread="3")]
    others = [asked("bot"), asked("a", is_reply=True), said("a"), event("a", is_question=True)]
    row = space_weeks(people("a"), [*humans, *others], parties=kinds)[WEEK]
    assert row["questions"] == 3


@pytest.mark.parametrize(
    ("reply", "share"),
    [
        (replied("b", 72), 1),
        (replied("b", 72.001), 0),
        (replied("b", 0), 0),
        (replied("b", -1), 0),
        (replied("unknown", 1), 1),
        (replied("client", 1), 1),
        (replied("bot", 1), 0),
        (replied("a", 1), 0),
        (replied("b", 1, thread="other"), 0),
        (replied("b", 1, space="other"), 0),
        (replied("b", 1, channel="reaction"), 0),
    ],
    ids=[
        "just_in_time",
        "too_late",
        "not_later",
        "before",
        "by_an_unknown",
        "by_an_external",
        "by_a_bot",
        "by_oneself",
        "in_another_thread",
        "in_another_space",
        "a_reaction",
    ],
)
def test_answered_is_what_another_human_replied_to_in_time(reply: Event, share: float) -> None:
    kinds = {"client": "external", "bot": "bot"}
    spaces = [HELP, Space("other", "mailing_list")]
    reading = read(people(*"ab"), [asked("a"), reply], kinds, spaces)
    [row] = [
        row
        for row in reading.participation
        if (row["space_name"], row["week_start"]) == ("help", WEEK)
    ]
    assert some(row, "questions", "answered_share") == (1, share)


def test_hours_to_the_first_reply_are_those_of_the_answered() -> None:
    events = [asked("a"), replied("a", 0.5), replied("b", 4), replied("b", 2)]
    events += [asked("a", thread="u"), replied("b", 1, thread="u")]
    events += [asked("a", thread="v"), replied("b", 73, thread="v")]
    row = space_weeks(people(*"ab"), events)[WEEK]
    assert row["answered_share"] == pytest.approx(2 / 3)
    assert row["median_hours_to_first_reply"] == pytest.approx(1.5)


@pytest.mark.parametrize(("seconds", "share"), [(0, 0), (1, None)])
def test_questions_younger_than_72_hours_at_the_end_are_out(
    seconds: int, share: float | None
) -> None:
    # The coverage ends with Sunday 8 March, on which clocks change: 04:00 UTC on Monday.
    at = datetime(2026, 3, 6, 4, 0, seconds, tzinfo=UTC)
    rows = space_weeks(people("a"), [asked("a", at)], timezone="America/New_York")
    names = ("questions", "answered_share", "median_hours_to_first_reply")
    assert some(rows[WEEK], *names) == (1, share, None)


def test_where_the_export_knows_no_replies_nothing_is_said_of_answers() -> None:
    events = [asked("a"), replied("b", 1)]
    space = Space("help", "public_channel", knows_replies=False)
    row = space_weeks(people(*"ab"), events, space)[WEEK]
    names = ("questions", "answered_share", "median_hours_to_first_reply")
    assert some(row, *names) == (1, None, None)


def test_a_question_site_has_questions_and_answers() -> None:
    site = Space("site", "question_site")
    on_site = {"channel": "answer", "space": "site"}
    answer = event("b", "a", **on_site, is_reply=True, thread="t")
    events = [asked("a", ASKED_AT - timedelta(hours=3), **on_site), answer]
    row = space_weeks(people(*"ab"), events, site)[WEEK]
    names = ("contributions", "questions", "answered_share", "median_hours_to_first_reply")
    assert some(row, *names) == (2, 1, 1, 3)


# Teams


def test_a_teams_members_are_all_its_people_and_contribute_anywhere() -> None:
    sunday = WEEK + timedelta(days=6)
    roster = [
        *people(*"abc", team="X"),
        RosterRow("moves", team="Y", valid_to=sunday),
        RosterRow("moves", team="X", valid_from=sunday),
        *people("far", team="Y"),
    ]
    events = [said("a"), event("a", "far"), event("moves"), event("b", channel="reaction")]
    reading = read(roster, [*events, said("far")], spaces=[HELP])
    rows = {
        row["space_name"]: row
        for row in reading.participation
        if (row["space_type"], row["week_start"]) == ("team", WEEK)
    }
    names = ("members", "contributors", "contributions", "lapsed_share")
    assert some(rows["X"], *names) == (4, 2, 3, 1 / 2)
    assert some(rows["Y"], *names) == (1, 1, 1, 0)
    # Of 0, 0, 1, 2 in rising order: 2 (3 + 8) / (4 * 3) - 5/4.
    assert rows["X"]["participation_gini"] == pytest.approx(22 / 12 - 5 / 4)
    assert some(rows["X"], "is_full_span", "listed_members", "silent_share") == (True, None, None)


def test_a_teams_questions_are_those_of_its_people_in_spaces_that_know_replies() -> None:
    deaf = Space("list", "mailing_list", knows_replies=False)
    events = [
        asked("a"),
        replied("far", 2),
        asked("a", thread="u", space="list"),
        asked("far", thread="v"),
        asked("unknown", thread="w"),
    ]
    roster = [*people("a", team="X"), *people("far", team="Y")]
    reading = read(roster, events, spaces=[HELP, deaf])
    [row] = [
        row
        for row in reading.participation
        if (row["space_name"], row["week_start"]) == ("X", WEEK)
    ]
    names = ("questions", "answered_share", "median_hours_to_first_reply")
    assert some(row, *names) == (2, 1, 2)
