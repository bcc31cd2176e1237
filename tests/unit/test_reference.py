"""The plain-Python reading of docs/metrics.md: one rule a test, worked by hand.

Sections 12, 1 and 2, and real companies. The rest is beside the reading itself.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.reference.model import ReadingError, RosterRow, Row
from tests.reference.reading import read_company
from tests.reference.real_data import data_folder, krackhardt, manufacturing
from tests.reference.roster import Roster
from tests.reference.story import (
    FIRST_MONDAY,
    FOUR_WEEKS,
    WEEK,
    event,
    people,
    read,
    row_of,
    some,
    spread,
    tied,
)
from tests.reference.worked_example import WorkedExample

# Section 12


def test_the_worked_example() -> None:
    example = WorkedExample()
    reading = read_company(example.roster_rows, example.events, example.parties, example.parameters)
    assert reading.coverage == FOUR_WEEKS
    assert {
        (row["person_a"], row["person_b"]): row["interactions"]
        for row in reading.ties
        if row["week_start"] == WEEK
    } == {("ann", "bob"): 2, ("bob", "dan"): 2}
    expected = {
        "bob": {
            "network_size": 2,
            "collaborators": 3,
            "interactions": 5,
            "cross_team_contacts": 1,
            "cross_team_share": 0.5,
            "lifting_interactions": 4,
            "lifting_own_manager": 2,
            "lifting_cross_team_senior": 2,
            "lifting_beyond_manager": 2,
            "lifting_initiated": 3,
            "lifting_contacts": 2,
            "reached_out": 4,
            "was_reached": 3,
        },
        "cat": {"network_size": 0, "lifting_interactions": 1},
        "dan": {"network_size": 1, "coaching_given": 2, "has_someone_above": True},
        "ann": {"coaching_given": 3, "has_someone_above": False},
    }
    for person, cells in expected.items():
        row = row_of(reading, person)
        assert {name: row[name] for name in cells} == cells
    assert {row["person_id"] for row in reading.person_weeks if row["is_measured"]} == {*expected}


# Section 1: valid on a date, manager links, depth


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ({"valid_from": None}, {"valid_from": date(2026, 1, 1)}, "second"),
        ({"valid_to": date(2026, 4, 1)}, {"valid_to": None}, "first"),
        ({"content_hash": "b"}, {"content_hash": "a"}, "second"),
        ({"valid_from": WEEK, "valid_to": WEEK}, {}, "second"),
        ({"valid_to": WEEK}, {}, "second"),
    ],
    ids=[
        "begins_last",
        "ends_first",
        "smaller_hash",
        "ends_on_its_beginning",
        "half_open",
    ],
)
def test_of_overlapping_rows_one_holds(first: Row, second: Row, holds: str) -> None:
    rows = [
        RosterRow("ann", team="first", **first),
        RosterRow("ann", team="second", **second),
    ]
    for order in (rows, rows[::-1]):
        assert Roster(order).day(WEEK).rows["ann"].team == holds


def company_of_links() -> Roster:
    """Every kind of link: top, line, orphan, cycle, to oneself, and nothing at all."""
    managers = {
        "top": None,
        "vice": "top",
        "worker": "vice",
        "self": "self",
        "under_self": "self",
        "orphan": "gone",
        "under_orphan": "orphan",
        "ring1": "ring2",
        "ring2": "ring1",
        "under_ring": "ring1",
        "alone": None,
        "alone_self": "alone_self",
    }
    rows = [RosterRow(name, manager=manager) for name, manager in managers.items()]
    return Roster([*rows, RosterRow("gone", valid_to=WEEK)])


def test_links_to_oneself_to_nobody_and_inside_a_cycle_are_dropped() -> None:
    assert company_of_links().day(WEEK).managers == {
        "vice": "top",
        "worker": "vice",
        "under_self": "self",
        "under_orphan": "orphan",
        "under_ring": "ring1",
    }


def test_depth_is_known_below_a_top_only() -> None:
    depths = company_of_links().day(WEEK).depths
    assert depths == {"top": 0, "vice": 1, "worker": 2, "self": 0, "under_self": 1}


# Section 1: dates and coverage


def test_the_coverage_runs_from_the_first_monday_to_the_last_sunday() -> None:
    events = spread(date(2026, 2, 3), date(2026, 2, 28), date(2026, 3, 14))
    reading = read(people("ann"), events, coverage=None)
    assert reading.coverage == (date(2026, 2, 9), date(2026, 3, 8))


def test_only_events_with_a_person_valid_on_the_date_make_the_coverage() -> None:
    roster = [*people("ann"), RosterRow("old", valid_to=WEEK)]
    strangers = [
        event("stranger", on=date(2026, 1, 5)),
        event("bot", on=date(2026, 5, 3)),
        event("bot", "old", on=date(2026, 5, 3)),
    ]
    events = [*strangers, *spread(*FOUR_WEEKS)]
    assert read(roster, events, {"bot": "bot"}, coverage=None).coverage == FOUR_WEEKS


@pytest.mark.parametrize(("silent_weeks", "is_parted"), [(12, False), (13, True)])
def test_thirteen_silent_weeks_part_the_coverage(silent_weeks: int, *, is_parted: bool) -> None:
    stray = FIRST_MONDAY - timedelta(days=7 * (silent_weeks + 1))
    reading = read(people("ann"), spread(stray, *FOUR_WEEKS), coverage=None)
    assert reading.coverage[0] == (FIRST_MONDAY if is_parted else stray)


def test_of_equal_stretches_the_latest_makes_the_coverage() -> None:
    year = timedelta(days=364)
    events = spread(*FOUR_WEEKS, *(day + year for day in FOUR_WEEKS))
    assert read(people("ann"), events, coverage=None).coverage[0] == FIRST_MONDAY + year


def test_a_given_coverage_is_widened_to_whole_weeks() -> None:
    reading = read(people("ann"), [], coverage=(date(2026, 2, 11), date(2026, 3, 3)))
    assert reading.coverage == FOUR_WEEKS


def test_an_empty_coverage_is_an_error() -> None:
    with pytest.raises(ReadingError, match="no whole week"):
        read(people("ann"), spread(WEEK, WEEK + timedelta(days=5)), coverage=None)


def test_events_outside_the_coverage_count_in_no_number() -> None:
    events = [event("ann", "bob", on=FIRST_MONDAY - timedelta(days=1)) for _ in "12"]
    reading = read(people("ann", "bob"), events)
    assert not reading.ties
    assert not row_of(reading, "ann", FIRST_MONDAY)["is_active"]


def test_the_week_is_that_of_the_organisations_zone() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    events = [event("ann", "bob", occurred_at=late)]
    reading = read(people("ann", "bob"), events, timezone="Europe/Warsaw")
    assert row_of(reading, "ann")["interactions"] == 1


# Section 2: pairs, caps, interactions, ties


PAIRS_BY_CHANNEL = {
    "email": "ab ac",
    "chat_direct": "ab ac",
    "chat_thread": "ab ac",
    "code_review": "ab ac",
    "answer": "ab ac",
    "recognition": "ab ac",
    "feedback": "ab ac",
    "mentoring": "ab ac",
    "pair": "ab ac",
    "anything else": "ab ac",
    "reaction": "",
    "meeting": "ab ac bc",
    "call": "ab ac bc",
    "coauthoring": "ab ac bc",
    "learning_session": "ab ac bc",
    "contact": "ab ac bc",
}


@pytest.mark.parametrize(("channel", "pairs"), PAIRS_BY_CHANNEL.items())
def test_the_channel_decides_who_is_paired(channel: str, pairs: str) -> None:
    met = event("a", "b", "c", "a", "robot", channel=channel)
    reading = read(people(*"abc"), [met], {"robot": "bot"}, tie_min_interactions=1)
    assert tied(reading) == {tuple(pair) for pair in pairs.split()}


@pytest.mark.parametrize(
    ("channel", "mutual", "is_reciprocal"),
    [
        ("pair", True, True),
        ("pair", False, False),
        ("email", True, False),
        ("mentoring", False, True),
        ("contact", False, True),
    ],
)
def test_mutual_is_read_only_for_pair(channel: str, *, mutual: bool, is_reciprocal: bool) -> None:
    met = event("a", "b", channel=channel, mutual=mutual)
    [tie] = read(people(*"ab"), [met], tie_min_interactions=1).ties
    assert tie["is_reciprocal"] is is_reciprocal


def test_only_people_valid_on_the_date_are_paired() -> None:
    roster = [RosterRow("ann"), RosterRow("bob", valid_from=WEEK + timedelta(days=1))]
    reading = read(roster, [event("ann", "bob")])
    assert row_of(reading, "bob")["interactions"] == 0


@pytest.mark.parametrize(
    ("others", "more", "count"),
    [
        ("humans", {}, 1),
        ("too many humans", {}, 0),
        ("bots", {}, 1),
        ("list", {}, 0),
        ("nobody", {"has_unknown_group": True}, 0),
        ("nobody", {"channel": "meeting", "minutes": 240.0}, 1),
        ("nobody", {"channel": "meeting", "minutes": 240.5}, 0),
    ],
)
def test_a_broadcast_is_not_meaningful(others: str, more: Row, count: int) -> None:
    unknown = [f"unknown{number}" for number in range(18)]
    also = {
        "humans": unknown[:17],
        "too many humans": unknown,
        "bots": [*unknown[:17], "robot", "room"],
        "list": ["list"],
        "nobody": [],
    }[others]
    kinds = {"robot": "bot", "room": "room", "list": "list", "unknown0": "external"}
    reading = read(people(*"ab"), [event("a", "b", *also, **more)], kinds)
    assert row_of(reading, "b")["interactions"] == count


def test_a_channel_counted_per_day_counts_each_date_once() -> None:
    chats = [
        event(*pair, channel="chat_direct", on=WEEK + timedelta(days=day))
        for pair, day in [("ab", 0), ("ab", 0), ("ba", 0), ("ba", 1)]
    ]
    threads = [event("a", "b", channel="chat_thread")]
    reading = read(people(*"ab"), chats + threads)
    names = ("interactions", "reached_out", "was_reached")
    assert some(row_of(reading, "a"), *names) == (3, 2, 2)
    assert reading.ties[-1]["newman_weight"] == 5


def test_weights_share_an_event_among_its_participants() -> None:
    events = [
        event("a", "b", "x", channel="meeting", minutes=60.0),
        event("a", "b", channel="meeting", minutes=None),
    ]
    [tie] = read(people(*"ab"), events).ties
    assert some(tie, "newman_weight", "shared_minutes") == (1.5, 30)
    [tie] = read(people(*"ab"), [event("a", "b"), event("b", "a")]).ties
    assert tie["shared_minutes"] is None


def test_a_tie_needs_its_interactions_within_the_window() -> None:
    events = [event("a", "b", on=FIRST_MONDAY), event("a", "b", on=WEEK)]
    assert tied(read(people(*"ab"), events)) == {("a", "b")}
    assert not tied(read(people(*"ab"), events, tie_window_weeks=3))
    assert not tied(read(people(*"ab"), events, tie_min_interactions=3))


def test_a_tie_needs_both_in_the_week() -> None:
    roster = [RosterRow("a"), RosterRow("b", valid_to=WEEK)]
    events = [event("a", "b", on=WEEK - timedelta(days=1)) for _ in range(2)]
    reading = read(roster, events)
    assert [row["week_start"] for row in reading.ties] == [WEEK - timedelta(days=7)]


def test_reciprocity_asks_that_each_has_reached_out() -> None:
    one_way = [event("a", "b"), event("a", "b")]
    both = [event("c", "d"), event("d", "c")]
    reading = read(people(*"abcd"), one_way + both, tie_requires_reciprocity=True)
    assert tied(reading) == {("c", "d")}
    reading = read(people(*"abcd"), one_way + both)
    assert [row_of(reading, name)["reciprocal_share"] for name in "ac"] == [0, 1]


def test_the_same_event_met_twice_counts_once() -> None:
    met = event("a", "b")
    assert row_of(read(people(*"ab"), [met, met]), "a")["interactions"] == 1


# Section 1: no roster at all


def test_without_a_roster_the_parties_that_are_persons_are_the_people() -> None:
    kinds = {"a": "person", "b": "person", "robot": "bot", "guest": "external"}
    events = [event("a", "b", "guest", "robot"), event("b", "a")]
    reading = read(people("nobody"), events, kinds, has_roster=False)
    assert {row["person_id"] for row in reading.person_weeks} == {"a", "b"}
    row = row_of(reading, "a")
    assert some(row, "network_size", "is_measured", "is_ranked") == (1, True, False)
    names = ("lifting_interactions", "cross_team_contacts", "rank_unknown_interactions")
    assert some(row, *names) == (None, None, 2)


# Real companies


needs_manufacturing = pytest.mark.skipif(
    data_folder("manufacturing_email") is None,
    reason="The manufacturing mail is not beside the repository.",
)
needs_krackhardt = pytest.mark.skipif(
    data_folder("krackhardt_managers") is None,
    reason="Krackhardt's managers are not beside the repository.",
)


@needs_manufacturing
def test_the_manufacturing_mail_has_its_known_totals() -> None:
    company = manufacturing()
    rows = company.reading.person_weeks

    def total(name: str) -> int:
        return sum(row[name] or 0 for row in rows)

    assert len(company.events) == 58_463
    assert company.reading.coverage == (date(2010, 1, 4), date(2010, 9, 26))
    assert len({row["week_start"] for row in rows}) == 38
    assert len(rows) == 5_852
    assert total("lifting_interactions") == total("coaching_given") == 28_050
    assert total("lifting_beyond_manager") == 15_384
    assert total("network_size") == 64_114 == 2 * len(company.reading.ties)


@needs_manufacturing
def test_what_is_always_true_is_true_of_the_manufacturing_mail() -> None:
    reading = manufacturing(derive_units=True).reading
    up: dict[date, int] = {}
    for row in reading.person_weeks:
        lifting, coaching = row["lifting_interactions"] or 0, row["coaching_given"] or 0
        classes = "own_manager skip_level other_upline senior_unknown_team"
        classes += " senior_peer cross_team_senior"
        parts = [row[f"lifting_{name}"] or 0 for name in classes.split()]
        assert sum(parts) == lifting
        rest = row["same_rank_interactions"] + row["rank_unknown_interactions"]
        assert lifting + coaching + rest == row["interactions"]
        week = row["week_start"]
        up[week] = up.get(week, 0) + lifting - coaching
    assert set(up.values()) == {0}
    shares: dict[tuple, float] = {}
    for row in reading.unit_pair_weeks:
        key = (row["unit_type"], row["from_unit"], row["week_start"])
        shares[key] = shares.get(key, 0) + row["share"]
    assert list(shares.values()) == pytest.approx([1] * len(shares))


RANK_BASES = [("line", "grade", "depth"), ("grade",), ("depth",), ("line", "depth")]


@needs_krackhardt
@pytest.mark.parametrize("rank_bases", RANK_BASES, ids="-".join)
def test_krackhardts_managers_are_as_networkx_has_them(
    rank_bases: tuple[str, ...],
) -> None:
    reading = krackhardt(rank_bases=rank_bases).reading
    mutual = krackhardt(tie_requires_reciprocity=True).reading
    folder = data_folder("krackhardt_managers")
    assert folder is not None
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert len(reading.ties) == expected["global"]["dyads_any"]
    assert len(reading.person_weeks) == len(expected["people"]) == 21
    for person, figures in expected["people"].items():
        row = row_of(reading, person, reading.coverage[0])
        lift_in = row["lifting_interactions"] - row["lifting_initiated"]
        mutual_row = row_of(mutual, person, mutual.coverage[0])
        ours = {
            "out_degree": row["reached_out"],
            "in_degree": row["was_reached"],
            "size_any": row["network_size"],
            "size_mutual": mutual_row["network_size"],
            "ndept_excl_own": row["departments_reached"],
            "ext_contacts": row["cross_department_contacts"],
            "ei": row["department_ei_index"],
            "blau": row["department_blau"],
            "shannon": row["department_shannon"],
            "lift_out": row["lifting_initiated"],
            "lift_in": lift_in,
            "lift_any": row["lifting_contacts"],
        }
        assert ours == pytest.approx({name: figures[name] for name in ours}, abs=1e-9)
        share = figures["size_mutual"] / figures["size_any"]
        assert row["reciprocal_share"] == pytest.approx(share, abs=1e-9)
