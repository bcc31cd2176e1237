"""docs/metrics.md, section 3, read by hand: one rule a test."""

from __future__ import annotations

from datetime import timedelta
from math import log

import pytest

from tests.reference.model import RosterRow
from tests.reference.ranks import Rank, Ranks
from tests.reference.roster import Roster
from tests.reference.story import (
    FIRST_MONDAY,
    WEEK,
    event,
    people,
    read,
    row_of,
    some,
)

# Section 3: rows, activity, network


def test_a_row_is_of_the_last_day_of_the_week_on_which_somebody_was_valid() -> None:
    thursday = WEEK + timedelta(days=3)
    roster = [
        RosterRow("ann", team="A", manager="bob", valid_to=WEEK + timedelta(days=1)),
        RosterRow("ann", team="B", valid_from=WEEK + timedelta(days=1), valid_to=thursday),
        RosterRow("bob", team="A", valid_to=WEEK),
    ]
    row = row_of(read(roster, []), "ann")
    assert some(row, "team", "manager_id", "is_full_window") == ("B", None, False)


def test_a_window_is_full_inside_the_coverage_and_the_employment() -> None:
    roster = [
        RosterRow("a"),
        RosterRow("b", valid_from=FIRST_MONDAY + timedelta(days=1)),
    ]
    reading = read(roster, [])
    full = {
        (row["person_id"], row["week_start"])
        for row in reading.person_weeks
        if row["is_full_window"]
    }
    assert full == {("a", WEEK)}


def test_active_is_the_actor_and_who_shares_a_meaningful_mutual_event() -> None:
    crowd = [f"x{number}" for number in range(30)]
    events = [
        event("asks"),
        event("asks", "receives"),
        event("meets1", "meets2", channel="meeting"),
        event("hosts", "crowded", *crowd, channel="meeting"),
        event("first", "second", *crowd, channel="coauthoring"),
        event("sells", "client", channel="meeting"),
    ]
    names = [
        "asks",
        "receives",
        "meets1",
        "meets2",
        "hosts",
        "crowded",
        "first",
        "second",
        "sells",
    ]
    reading = read(people(*names), events, {"client": "external"})
    active = {name for name in names if row_of(reading, name)["is_active"]}
    assert active == {"asks", "meets1", "meets2", "first"}


def test_what_is_done_after_leaving_makes_nobody_active() -> None:
    roster = [RosterRow("a", valid_to=WEEK + timedelta(days=1)), *people("b")]
    after = {"on": WEEK + timedelta(days=1)}
    kudos = event("a", "b", channel="recognition", **after)
    row = row_of(read(roster, [event("a", "b", **after), kudos]), "a")
    assert some(row, "is_active", "recognition_given") == (False, 0)


def test_externals_are_counted_only_with_declared_domains() -> None:
    events = [
        event("a", "client", "once", "unknown"),
        event("client", "a"),
        event("unknown", "a"),
    ]
    kinds = {"client": "external", "once": "external"}
    for has_domains, size in [(True, 1), (False, None)]:
        reading = read(people("a"), events, kinds, has_domains=has_domains)
        assert row_of(reading, "a")["external_network_size"] == size


def test_diversity_counts_contacts_of_other_known_units() -> None:
    units = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": "Z", "f": None}
    roster = [RosterRow(name, team=unit, department=unit) for name, unit in units.items()]
    events = [event("a", *"bcdef"), event("a", *"bcdef")]
    row = row_of(read(roster, events), "a")
    assert some(row, "cross_team_contacts", "teams_reached", "cross_team_share") == (
        3,
        2,
        3 / 4,
    )
    assert some(row, "department_ei_index", "diversity_coverage") == (0.5, 4 / 5)
    assert row["department_blau"] == pytest.approx(1 - (1 + 4 + 1) / 16)
    assert row["department_shannon"] == pytest.approx(0.5 * log(4) + 0.5 * log(2))
    assert some(row, "cross_discipline_contacts", "disciplines_reached") == (None, None)


def test_diversity_of_an_unknown_unit_is_null_but_for_blau_and_shannon() -> None:
    roster = [*people("a"), *people("b", team="X", department="X")]
    row = row_of(read(roster, [event("a", "b"), event("b", "a")]), "a")
    names = ("cross_department_contacts", "departments_reached", "department_ei_index")
    assert some(row, *names, "diversity_coverage") == (None,) * 4
    assert some(row, "department_blau", "department_shannon") == (0, 0)


def test_an_empty_unit_is_an_unknown_one() -> None:
    row = row_of(read(people("a", team="", manager=""), []), "a")
    assert some(row, "team", "cross_team_contacts", "manager_id") == (None,) * 3


def test_an_empty_network_has_counts_of_0_and_shares_of_null() -> None:
    row = row_of(read(people("a", team="X", department="X"), []), "a")
    assert some(row, "network_size", "cross_team_contacts", "teams_reached") == (
        0,
        0,
        0,
    )
    names = ("reciprocal_share", "cross_team_share", "department_ei_index")
    assert some(row, *names, "department_blau", "diversity_coverage") == (None,) * 5


# Section 3.3: ranks and lifting


def test_the_first_basis_that_compares_decides() -> None:
    roster = Roster(
        [
            RosterRow("boss", job_level=1),
            RosterRow("expert", job_level=5, manager="boss"),
            RosterRow("assistant", manager="boss"),
            RosterRow("junior", manager="expert"),
            RosterRow("guest", job_level=5),
            RosterRow("stranger"),
        ]
    )
    every = Ranks(roster, ("line", "grade", "depth"))
    assert every.of_other("expert", "boss", WEEK) is Rank.ABOVE
    assert Ranks(roster, ("grade",)).of_other("expert", "boss", WEEK) is Rank.BELOW
    assert every.of_other("guest", "expert", WEEK) is Rank.SAME
    # The smaller depth ranks above only if that person manages somebody.
    assert every.of_other("junior", "assistant", WEEK) is Rank.SAME
    assert every.of_other("assistant", "junior", WEEK) is Rank.SAME
    assert Ranks(roster, ("depth",)).of_other("junior", "expert", WEEK) is Rank.ABOVE
    # Never a grade against a depth.
    assert every.of_other("guest", "junior", WEEK) is None
    assert every.has_someone_above("junior", WEEK) is True
    assert every.has_someone_above("guest", WEEK) is False
    assert every.has_someone_above("stranger", WEEK) is None


def test_each_lifting_interaction_falls_in_one_class() -> None:
    seniors = {
        "own": RosterRow("own", manager="skip", team="X"),
        "skip": RosterRow("skip", manager="other"),
        "other": RosterRow("other"),
        "nowhere": RosterRow("nowhere", job_level=2),
        "peer": RosterRow("peer", job_level=2, team="X"),
        "far": RosterRow("far", job_level=2, team="Y"),
    }
    roster = [*seniors.values(), RosterRow("p", job_level=1, team="X", manager="own")]
    events = [event(name, "p") for name in seniors] + [event("p", "far")]
    row = row_of(read(roster, events), "p")
    names = "own_manager skip_level other_upline senior_unknown_team senior_peer"
    assert some(row, *(f"lifting_{name}" for name in names.split())) == (1,) * 5
    names = "cross_team_senior interactions beyond_manager initiated contacts weight"
    assert some(row, *(f"lifting_{name}" for name in names.split())) == (
        2,
        7,
        6,
        1,
        6,
        7,
    )


def test_ranked_is_who_has_an_upline_reports_a_level_or_a_depth() -> None:
    roster = [
        RosterRow("orphan", manager="gone"),
        RosterRow("report", manager="orphan"),
        RosterRow("graded", job_level=1),
        RosterRow("lonely", manager="gone"),
    ]
    reading = read(roster, [], rank_bases=("grade",))
    ranked = {row["person_id"] for row in reading.person_weeks if row["is_ranked"]}
    assert ranked == {"orphan", "report", "graded"}


def test_rank_is_that_of_the_events_date() -> None:
    roster = [
        RosterRow("p", job_level=1, valid_to=WEEK + timedelta(days=1)),
        RosterRow("p", job_level=3, valid_from=WEEK + timedelta(days=1)),
        RosterRow("q", job_level=2),
    ]
    events = [event("p", "q"), event("p", "q", on=WEEK + timedelta(days=1))]
    row = row_of(read(roster, events), "p")
    assert some(row, "lifting_interactions", "coaching_given") == (1, 1)


def test_initiated_per_day_is_a_date_on_which_one_reached_out() -> None:
    roster = [RosterRow("p", job_level=1), RosterRow("q", job_level=2)]
    events = [
        event(*pair, channel="chat_direct", on=WEEK + timedelta(days=day))
        for pair, day in [("pq", 0), ("qp", 0), ("pq", 0), ("qp", 1)]
    ]
    row = row_of(read(roster, events), "p")
    assert some(row, "lifting_interactions", "lifting_initiated") == (2, 1)


def test_lifting_is_null_when_unranked_and_nothing_could_be_compared() -> None:
    names = ("lifting_interactions", "lifting_weight", "coaching_given")
    rest = ("same_rank_interactions", "rank_unknown_interactions", "is_ranked")
    roster = [RosterRow("p"), RosterRow("q", job_level=1)]
    reading = read(roster, [event("p", "q")])
    assert some(row_of(reading, "p"), *names, *rest) == (None, None, None, 0, 1, False)
    assert some(row_of(reading, "q"), *names, *rest) == (0, 0, 0, 0, 1, True)
    assert row_of(reading, "p")["has_someone_above"] is None
    # Ranked on Monday only: an interaction that could be compared keeps the zeros.
    tuesday = WEEK + timedelta(days=1)
    roster = [
        RosterRow("p", job_level=1, valid_to=tuesday),
        RosterRow("p", valid_from=tuesday),
        RosterRow("q", job_level=1),
    ]
    row = row_of(read(roster, [event("p", "q")]), "p")
    assert some(row, *names, *rest) == (0, 0, 0, 1, 0, False)


# Section 3.4: giving, receiving, learning


def test_gifts_count_per_receiver_whatever_their_size() -> None:
    crowd = [f"unknown{number}" for number in range(20)]
    events = [
        event("a", "b", "c", "a", *crowd, channel="recognition"),
        event("b", "a", channel="answer"),
        event("a", "a", channel="code_review"),
        event("a", "gone", channel="feedback"),
    ]
    roster = [*people(*"abc"), RosterRow("gone", valid_to=WEEK)]
    row = row_of(read(roster, events), "a")
    names = ("recognition_given", "answers_received", "reviews_given", "feedback_given")
    assert some(row, *names, "giving_balance") == (2, 1, 0, 0, 1 / 3)
    assert row["interactions"] == 1
    assert row_of(read(roster, []), "a")["giving_balance"] is None


def test_learning_minutes_are_null_only_when_none_are_known() -> None:
    events = [
        event("a", "b", channel="mentoring", minutes=45.0),
        event("b", "a", channel="learning_session", minutes=None),
        event("c", *"abd", channel="learning_session", minutes=600.0),
        event("e", "f", channel="mentoring", minutes=None),
    ]
    reading = read(people(*"abcdefg"), events)
    names = ("learning_minutes", "sessions_led", "sessions_attended")
    assert some(row_of(reading, "a"), *names) == (645, 1, 2)
    assert some(row_of(reading, "f"), *names) == (None, 0, 1)
    assert some(row_of(reading, "g"), *names) == (0, 0, 0)
