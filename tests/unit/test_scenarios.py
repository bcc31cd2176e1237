"""Companies worked by hand, read by dbt's SQL: events, coverage, ties, groups (METRICS 1, 2, 5, 6).

Ranks, lifting and the roster are in `test_scenarios_people`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

import pytest

from tests.harness.story import (
    FIRST_MONDAY,
    WEEK,
    crowd,
    happened,
    held,
    people,
    told,
)
from tests.harness.warehouse import shared_warehouse

DAY = timedelta(days=1)


def test_the_worked_example() -> None:
    """Section 12 of docs/metrics.md, number by number."""
    marts = told(
        [
            *people("ann", team="A", job_level=3.0),
            *people("bob", "cat", team="A", job_level=1.0, manager="ann"),
            *people("dan", team="D", job_level=2.0),
        ],
        happened("outside", "ann", on=FIRST_MONDAY),
        happened("outside", "ann", on=WEEK + 6 * DAY),
        happened("bob", "ann", "dan"),
        happened("dan", "bob", on=2),
        happened("ann", "bob", "cat", on=3, channel="meeting", minutes=30),
        happened("ann", "bob", *crowd(24), on=4),
        parties={"outside": "external"},
        has_domains=True,
        coverage=None,
    )
    assert marts.weeks() == [FIRST_MONDAY + 7 * number * DAY for number in range(4)]
    assert marts.tied() == {("ann", "bob"): 2, ("bob", "dan"): 2}
    names = ("network_size", "collaborators", "interactions", "cross_team_contacts")
    assert marts.person("bob", *names, "cross_team_share") == (2, 3, 5, 1, 0.5)
    names = ("interactions", "own_manager", "cross_team_senior", "beyond_manager", "initiated")
    lifting = [f"lifting_{name}" for name in (*names, "contacts")]
    assert marts.person("bob", *lifting) == (4, 2, 2, 2, 3, 2)
    assert marts.person("bob", "reached_out", "was_reached") == (4, 3)
    assert marts.person("cat", "network_size", "lifting_interactions") == (0, 1)
    assert marts.person("dan", "network_size", "coaching_given") == (1, 2)
    assert marts.person("dan", "has_someone_above") == (True,)
    assert marts.person("ann", "coaching_given", "has_someone_above") == (3, False)
    assert marts.person("ann", "external_network_size") == (1,)


# Coverage


def test_the_coverage_is_the_whole_weeks_between_the_first_and_the_last_event() -> None:
    tuesday, saturday = FIRST_MONDAY + DAY, WEEK + 5 * DAY
    events = [happened("a", "b", on=tuesday), happened("a", "b", on=saturday)]
    marts = told(people("a", "b"), *events, coverage=None)
    assert marts.weeks() == [FIRST_MONDAY + 7 * DAY, FIRST_MONDAY + 14 * DAY]
    # Tuesday's mail lies outside: in no number.
    assert marts.person("a", "interactions", week=FIRST_MONDAY + 7 * DAY) == (0,)
    assert marts.tied(FIRST_MONDAY + 7 * DAY) == {}


def test_what_nobody_valid_takes_part_in_covers_nothing() -> None:
    events = [
        happened("stranger", "robot", on=FIRST_MONDAY - 70 * DAY),
        happened("gone", "stranger", on=WEEK + 70 * DAY),
        happened("a", "b", on=FIRST_MONDAY),
        happened("a", "b", on=WEEK + 6 * DAY),
    ]
    roster = [*people("a", "b"), held("gone", None, WEEK)]
    marts = told(roster, *events, parties={"robot": "bot"}, coverage=None)
    assert (marts.weeks()[0], marts.weeks()[-1]) == (FIRST_MONDAY, WEEK)


@pytest.mark.parametrize(("silent_weeks", "weeks"), [(12, 14), (13, 1)])
def test_thirteen_silent_weeks_part_two_stretches(silent_weeks: int, weeks: int) -> None:
    later = FIRST_MONDAY + 7 * (silent_weeks + 1) * DAY
    days = [FIRST_MONDAY, FIRST_MONDAY + 6 * DAY, later, later + 3 * DAY, later + 6 * DAY]
    marts = told(people("a"), *(happened("a", on=day) for day in days), coverage=None)
    assert (len(marts.weeks()), marts.weeks()[-1]) == (weeks, later)


def test_of_equal_stretches_the_latest_is_covered() -> None:
    later = FIRST_MONDAY + 14 * 7 * DAY
    days = [FIRST_MONDAY, FIRST_MONDAY + 6 * DAY, later, later + 6 * DAY]
    marts = told(people("a"), *(happened("a", on=day) for day in days), coverage=None)
    assert marts.weeks() == [later]


def test_a_given_coverage_is_widened_to_whole_weeks() -> None:
    marts = told(people("a"), coverage=(WEEK + 3 * DAY, WEEK + 7 * DAY))
    assert marts.weeks() == [WEEK, WEEK + 7 * DAY]


def test_without_a_covered_week_there_is_no_row() -> None:
    marts = told(people("a", "b"), happened("a", "b"), coverage=None)
    assert all(rows == [] for rows in marts.built.values())


# Broadcasts, participants


@pytest.mark.parametrize(
    ("channel", "cap"),
    [("email", 19), ("meeting", 18), ("call", 8), ("chat_direct", 8), ("learning_session", 18)],
)
def test_a_broadcast_has_more_participants_than_its_cap(channel: str, cap: int) -> None:
    roster = people("a", "b")
    for others, interactions in [(cap - 2, 1), (cap - 1, 0)]:
        # Neither a second address nor who is no human makes an event larger.
        event = happened("a", "b", "a@home", "robot", *crowd(others), channel=channel)
        kinds = {"aliases": {"a@home": "a"}, "parties": {"robot": "bot"}}
        marts = told(roster, event, **kinds)
        assert marts.person("a", "interactions") == (interactions,)


@pytest.mark.parametrize(("minutes", "interactions"), [(240, 1), (240.5, 0), (None, 1)])
def test_a_meeting_of_more_than_four_hours_is_a_broadcast(
    minutes: float | None, interactions: int
) -> None:
    meeting = happened("a", "b", channel="meeting", minutes=minutes)
    assert told(people("a", "b"), meeting).person("b", "interactions") == (interactions,)


@pytest.fixture
def quiet_profile() -> Iterator[str]:
    """A fifth profile in the seed, in which only mail between two counts, once a day."""
    run = shared_warehouse().connection.execute
    run(
        "insert into intermediate.interaction_profiles"
        " select 'quiet', channel, if(channel = 'email', 2, 0), null, 'day'"
        " from intermediate.channels"
    )
    yield "quiet"
    run("delete from intermediate.interaction_profiles where interaction_profile = 'quiet'")


def test_a_profile_is_added_by_adding_rows_to_the_seed(quiet_profile: str) -> None:
    events = [
        *(happened("a", "b", on=day) for day in (0, 0, 1)),
        happened("a", "b", "c"),
        happened("a", "c", channel="meeting"),
    ]
    marts = told(people("a", "b", "c"), *events, interaction_profile=quiet_profile)
    assert marts.tied() == {("a", "b"): 2}
    assert marts.person("c", "interactions", "was_reached") == (0, 0)


def test_what_is_addressed_to_a_list_is_a_broadcast() -> None:
    marts = told(people("a", "b"), happened("a", "b", "all"), parties={"all": "list"})
    assert marts.person("a", "interactions", "is_active") == (0, True)
    assert marts.person("b", "interactions", "is_active") == (0, False)


def test_who_left_takes_part_and_is_paired_with_nobody() -> None:
    roster = [*people("a", "b"), held("gone", None, WEEK)]
    marts = told(roster, happened("a", "b", "gone"), happened("a", "gone", on=1))
    assert marts.people() == {"a", "b"}
    assert marts.person("a", "interactions", "collaborators") == (1, 1)
    # Three took part, so that each pair has half of the weight.
    marts = told(roster, happened("a", "b", "gone"), tie_min_interactions=1)
    [tie] = marts.built["fct_ties"]
    assert (tie["interactions"], tie["newman_weight"]) == (1, 0.5)


def test_records_of_a_source_that_is_no_longer_named_count_in_no_number() -> None:
    roster = [*people("a", "b"), *people("c", source="old roster")]
    marts = told(roster, happened("a", "b", file="old mail"), happened("a", "c"))
    assert marts.people() == {"a", "b"}
    assert marts.person("a", "interactions", "collaborators") == (0, 0)


# Interactions and ties


def test_five_messages_of_a_day_are_one_interaction() -> None:
    day = [happened("a", "b", channel="chat_direct", at=time(hour)) for hour in range(9, 14)]
    answer = happened("b", "a", channel="chat_thread", on=1)
    marts = told(people("a", "b"), *day, answer)
    assert marts.person("a", "interactions", "reached_out", "was_reached") == (2, 1, 1)
    assert marts.tied() == {("a", "b"): 2}


def test_a_window_is_four_weeks_and_ends_with_the_week() -> None:
    old = WEEK - 21 * DAY
    events = [happened("a", "b", on=old), happened("b", "a", on=old)]
    after = (FIRST_MONDAY, WEEK + 13 * DAY)
    marts = told(people("a", "b"), *events, coverage=after)
    tied = [week for week in marts.weeks() if marts.tied(week)]
    assert tied == [FIRST_MONDAY + 7 * number * DAY for number in range(4)]
    shorter = told(people("a", "b"), *events, coverage=after, tie_window_weeks=1)
    assert [week for week in shorter.weeks() if shorter.tied(week)] == [FIRST_MONDAY]


def test_a_tie_may_require_that_each_reached_out() -> None:
    events = [
        *(happened("a", "b", on=day) for day in (0, 1)),
        *(happened(*pair) for pair in (("a", "c"), ("c", "a"))),
        *(happened("a", "d", channel="meeting", on=day) for day in (0, 1)),
    ]
    roster = people(*"abcd")
    every = {("a", "b"): 2, ("a", "c"): 2, ("a", "d"): 2}
    marts = told(roster, *events)
    assert marts.tied() == every
    assert marts.person("a", "reciprocal_share") == (2 / 3,)
    marts = told(roster, *events, tie_requires_reciprocity=True)
    assert marts.tied() == {pair: count for pair, count in every.items() if pair[1] != "b"}
    assert marts.person("a", "reciprocal_share") == (1,)


def test_only_who_has_a_row_in_the_week_is_tied() -> None:
    leaver = held("b", None, WEEK)
    before = WEEK - 7 * DAY
    events = [happened("a", "b", on=before), happened("b", "a", on=before)]
    marts = told([*people("a"), leaver], *events)
    assert marts.tied(before) == {("a", "b"): 2}
    assert (marts.tied(), marts.person("a", "network_size")) == ({}, (0,))


def test_externals_are_a_number_of_their_own() -> None:
    events = [
        *(happened("a", "client", on=day) for day in (0, 1)),
        happened("once", "a"),
        *(happened("a", "stranger", on=day) for day in (0, 1)),
    ]
    kinds = {"client": "external", "once": "external"}
    for has_domains, size in [(True, 1), (False, None)]:
        marts = told(people("a"), *events, parties=kinds, has_domains=has_domains)
        assert marts.person("a", "external_network_size", "network_size") == (size, 0)


# Segments and pairs of units


def test_a_segment_averages_measured_people_zeros_in() -> None:
    roster = [*people("a", "b", "c", team="X"), *people("silent", team="X"), *people("d")]
    events = [
        *(happened("a", "b", on=day) for day in (0, 1)),
        happened("b"),
        happened("c"),
        happened("d"),
    ]
    marts = told(roster, *events)
    names = ("people", "measured_people", "mean_network_size", "median_network_size")
    assert marts.segment("team", "X", *names) == (4, 3, pytest.approx(2 / 3), 1)
    assert marts.segment("team", "X", "silent_share", "isolated_share") == (1 / 4, 1)
    assert marts.segment("organisation", "all", "people", "measured_people") == (5, 4)
    # Before the window lies in the coverage nobody is measured.
    names = ("measured_people", "mean_network_size", "silent_share")
    assert marts.segment("team", "X", *names, week=FIRST_MONDAY) == (0, None, None)


def test_a_segments_gini_is_over_reaching_out() -> None:
    events = [happened("a", "b", on=day) for day in range(3)] + [happened("b", "a")]
    marts = told(people("a", "b"), *events)
    # 2 (1·1 + 2·3) / (2·4) - 3/2
    assert marts.segment("organisation", "all", "participation_gini") == (0.25,)
    assert told(people("a"), happened("a")).segment(
        "organisation", "all", "participation_gini", "mean_reciprocal_share"
    ) == (None, None)


def test_departments_reached_together_leave_out_each_ones_own() -> None:
    roster = [
        *people("a", team="T", department="X"),
        *people("b", team="T", department="Y"),
        *people("c", department="Z"),
        *people("d"),
    ]
    events = [happened("a", "b", "d", on=day) for day in (0, 1)]
    events += [happened("b", "c", on=day) for day in (0, 1)]
    marts = told(roster, *events)
    # A reaches Y; B reaches X and Z.
    assert marts.segment("team", "T", "departments_reached_together") == (3,)
    assert marts.segment("department", "X", "departments_reached_together") == (1,)


def test_pairs_of_units_count_once_inside_and_once_in_each_direction_across() -> None:
    roster = [*people("a", "b", team="X"), *people("c", team="Y"), *people("d")]
    events = [
        *(happened("a", "b", on=day) for day in range(3)),
        *(happened("a", "c", on=day) for day in range(2)),
        happened("b", "c"),
        *(happened("a", "d", on=day) for day in range(5)),
    ]
    marts = told(roster, *events)
    assert marts.unit_pairs("team", "interactions") == {
        ("X", "X"): 3,
        ("X", "Y"): 3,
        ("Y", "X"): 3,
    }
    assert marts.unit_pairs("team", "ties") == {("X", "X"): 1, ("X", "Y"): 1, ("Y", "X"): 1}
    assert marts.unit_pairs("team", "share") == {
        ("X", "X"): 0.5,
        ("X", "Y"): 0.5,
        ("Y", "X"): 1,
    }
    assert marts.unit_pairs("team", "people_from")["X", "X"] == 2
    assert marts.unit_pairs("team", "people_to")["X", "Y"] == 1
    assert marts.unit_pairs("department", "ties") == {}
