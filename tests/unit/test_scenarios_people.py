"""Companies worked by hand, read by dbt's SQL: rosters, ranks, lifting, giving (METRICS 1 and 3).

Events, coverage, ties and groups are in `test_scenarios`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.harness.company import RosterRecord
from tests.harness.story import FIRST_MONDAY, WEEK, crowd, happened, held, people, told

DAY = timedelta(days=1)
SUNDAY = WEEK + 6 * DAY

LIFTING = "own_manager skip_level other_upline senior_unknown_team senior_peer cross_team_senior"
CLASSES = [f"lifting_{name}" for name in LIFTING.split()]


# Who is valid, and what a row shows


def test_a_row_shows_the_last_valid_day_and_an_interaction_its_own() -> None:
    wednesday = WEEK + 2 * DAY
    roster = [
        held("a", None, wednesday, team="X", job_level=1.0),
        held("a", wednesday, WEEK + 5 * DAY, team="Y", job_level=2.0),
        *people("b", team="X", job_level=2.0),
    ]
    marts = told(roster, happened("a", "b"), happened("a", "b", on=3))
    assert marts.person("a", "team", "job_level", "is_full_window") == ("Y", 2, False)
    # Above on Monday, in the same team; equal on Thursday.
    names = ("lifting_senior_peer", "lifting_interactions", "same_rank_interactions")
    assert marts.person("a", *names) == (1, 1, 1)
    assert marts.person("a", "cross_team_contacts", "cross_team_share") == (1, 1)


def test_who_is_away_has_no_row_and_no_full_window_after_it() -> None:
    roster = [held("a", None, WEEK - 14 * DAY), held("a", WEEK - 7 * DAY, None), *people("b")]
    marts = told(roster, happened("a", "b"))
    assert "a" not in marts.people(WEEK - 14 * DAY)
    assert marts.person("a", "is_full_window", "is_active", "is_measured") == (False, True, False)
    assert marts.person("b", "is_full_window", "is_active", "is_measured") == (True, False, False)


@pytest.mark.parametrize(
    "rows",
    [
        [held("a", None, None, team="old"), held("a", WEEK, None, team="holds")],
        [held("a", WEEK, None, team="old"), held("a", WEEK, SUNDAY + DAY, team="holds")],
        [held("a", None, None, team="holds"), held("a", SUNDAY, SUNDAY, team="empty")],
        [RosterRecord("a", team="holds"), RosterRecord("a", team="left", left_on=SUNDAY)][::-1],
    ],
    ids=["begins_last", "ends_first", "an_empty_row_never_holds", "left_before"],
)
def test_of_overlapping_rows_one_holds(rows: list[RosterRecord]) -> None:
    expected = "holds"
    for order in (rows, rows[::-1]):
        assert told(order).person("a", "team") == (expected,)


def test_a_snapshot_holds_until_the_next_of_its_source() -> None:
    first, second = FIRST_MONDAY + 7 * DAY, WEEK
    roster = [
        RosterRecord("a", team="X", snapshot_on=first),
        RosterRecord("b", team="X", snapshot_on=first),
        RosterRecord("a", team="Y", snapshot_on=second),
        RosterRecord("c", snapshot_on=WEEK - 7 * DAY, source="hr_abroad"),
    ]
    marts = told(roster)
    weeks = [FIRST_MONDAY + 7 * number * DAY for number in range(4)]
    assert [marts.people(week) for week in weeks] == [
        set(),
        {"a", "b"},
        {"a", "b", "c"},
        {"a", "c"},
    ]
    assert marts.person("a", "team", week=weeks[2]) + marts.person("a", "team") == ("X", "Y")


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, "under_26_weeks"),
        (26 * 7 - 1, "under_26_weeks"),
        (26 * 7, "26_to_103_weeks"),
        (104 * 7 - 1, "26_to_103_weeks"),
        (104 * 7, "104_weeks_and_over"),
        (-1, None),
    ],
)
def test_tenure_is_in_whole_weeks_up_to_sunday(days: int, band: str | None) -> None:
    marts = told([held("a", None, None, hired_on=SUNDAY - days * DAY)])
    weeks = None if band is None else days // 7
    assert marts.person("a", "tenure_weeks", "tenure_band") == (weeks, band)


def test_active_is_who_acts_or_shares_something_meaningful() -> None:
    events = [
        happened("asks", "receives"),
        happened("meets", "is met", channel="meeting", minutes=30),
        happened("hosts", "sits", *crowd(30), channel="meeting"),
        happened("sells", "client", channel="meeting"),
        happened("mails himself", "himself@home"),
        happened("left", "receives", on=2),
    ]
    names = ["asks", "receives", "meets", "is met", "hosts", "sits", "sells", "mails himself"]
    roster = [*people(*names), held("left", None, WEEK + DAY)]
    marts = told(
        roster,
        *events,
        parties={"client": "external"},
        aliases={"himself@home": "mails himself"},
    )
    active = {name for name in (*names, "left") if marts.person(name, "is_active") == (True,)}
    assert active == {"asks", "meets", "is met", "mails himself"}
    assert marts.person("mails himself", "interactions") == (0,)


# Reporting lines and ranks


def test_a_manager_who_leaves_takes_the_line_along() -> None:
    roster = [
        *people("top"),
        held("own", None, WEEK + 2 * DAY, manager="top"),
        *people("p", manager="own"),
    ]
    marts = told(roster, happened("p", "top"), happened("p", "top", on=3))
    assert marts.person("p", "manager_id", "reporting_depth", "is_ranked") == (None, None, False)
    names = ("lifting_interactions", "lifting_skip_level", "rank_unknown_interactions")
    assert marts.person("p", *names) == (1, 1, 1)


def test_a_cycle_is_no_line_and_who_is_below_it_has_no_depth() -> None:
    ring = {"a": "b", "b": "c", "c": "a", "d": "a", "self": "self", "under": "self"}
    roster = [RosterRecord(name, manager=manager) for name, manager in ring.items()]
    events = [happened("a", "b"), happened("d", "a"), happened("b", "c")]
    marts = told(roster, *events)
    assert marts.person("a", "manager_id", "reporting_depth", "is_ranked") == (None, None, True)
    assert marts.person("d", "manager_id", "reporting_depth", "is_ranked") == ("a", None, True)
    assert marts.person("d", "lifting_own_manager", "lifting_initiated") == (1, 1)
    # B has neither upline nor reports nor level: nothing to compare.
    names = ("is_ranked", "lifting_interactions", "coaching_given", "rank_unknown_interactions")
    assert marts.person("b", *names) == (False, None, None, 2)
    assert marts.person("a", *names) == (True, 0, 1, 1)
    # Who is entered as his own manager was given none.
    assert marts.person("self", "reporting_depth", "has_someone_above") == (0, False)
    assert marts.person("under", "reporting_depth", "has_someone_above") == (1, True)


def test_an_assistant_of_the_top_is_nobodys_senior() -> None:
    managers = {"top": None, "vice": "top", "assistant": "top", "worker": "vice"}
    roster = [RosterRecord(name, manager=manager) for name, manager in managers.items()]
    events = [happened("worker", other) for other in ("assistant", "vice", "top")]
    marts = told(roster, *events)
    assert marts.person("worker", "same_rank_interactions", *CLASSES) == (1, 1, 1, 0, 0, 0, 0)
    assert marts.person("assistant", "coaching_given", "same_rank_interactions") == (0, 1)
    assert marts.person("worker", "reporting_depth", "lifting_beyond_manager") == (2, 1)


@pytest.mark.parametrize(
    ("rank_bases", "lifting", "coaching", "unknown"),
    [
        (("line", "grade", "depth"), 1, 1, 0),
        (("grade", "line"), 0, 2, 0),
        # The guest has no depth.
        (("depth",), 1, 0, 1),
        ((), 0, 0, 2),
    ],
)
def test_the_first_basis_that_compares_decides(
    rank_bases: tuple[str, ...], lifting: int, coaching: int, unknown: int
) -> None:
    roster = [
        *people("boss", job_level=1.0),
        *people("expert", job_level=5.0, manager="boss"),
        *people("guest", job_level=4.0),
    ]
    events = [happened("boss", "expert"), happened("guest", "expert", on=1)]
    marts = told(roster, *events, rank_bases=rank_bases)
    names = ("lifting_interactions", "coaching_given", "rank_unknown_interactions")
    assert marts.person("expert", *names) == (lifting, coaching, unknown)
    above = {(): None, ("grade", "line"): False}.get(rank_bases, True)
    assert marts.person("expert", "has_someone_above") == (above,)


def test_each_lifting_interaction_falls_in_one_class() -> None:
    roster = [
        *people("other", job_level=9.0),
        *people("skip", job_level=9.0, manager="other"),
        *people("own", job_level=9.0, manager="skip", team="X"),
        *people("nowhere", job_level=9.0),
        *people("peer", job_level=9.0, team="X"),
        *people("far", job_level=9.0, team="Y"),
        *people("p", job_level=1.0, manager="own", team="X"),
    ]
    seniors = ("own", "skip", "other", "nowhere", "peer", "far")
    events = [happened("p", name) for name in seniors] + [happened("far", "p")]
    marts = told(roster, *events)
    assert marts.person("p", *CLASSES) == (1, 1, 1, 1, 1, 2)
    names = ("interactions", "beyond_manager", "initiated", "contacts", "weight")
    assert marts.person("p", *(f"lifting_{name}" for name in names)) == (7, 6, 6, 6, 7)
    assert marts.person("far", "coaching_given", "network_size") == (2, 1)


def test_what_is_initiated_per_day_is_a_date_on_which_one_reached_out() -> None:
    roster = [*people("p", job_level=1.0), *people("q", job_level=2.0)]
    pairs = [("p", "q", 0), ("q", "p", 0), ("p", "q", 0), ("q", "p", 1)]
    events = [happened(*pair, channel="chat_direct", on=day) for *pair, day in pairs]
    marts = told(roster, *events)
    assert marts.person("p", "lifting_interactions", "lifting_initiated") == (2, 1)
    assert marts.person("p", "lifting_weight", "lifting_contacts") == (4, 1)


def test_someone_is_above_whom_nobody_need_have_met() -> None:
    roster = [
        *people("low", job_level=1.0),
        *people("high", job_level=2.0),
        *people("unknown"),
        held("gone", None, SUNDAY, job_level=3.0),
    ]
    marts = told(roster)
    above = {name: marts.person(name, "has_someone_above")[0] for name in sorted(marts.people())}
    # On the Sunday that decides the others' rows, who was highest is gone.
    assert above == {"gone": False, "high": False, "low": True, "unknown": None}


# Units, giving, learning


def test_units_are_made_from_reporting_lines() -> None:
    managers = {
        "top": None,
        "head": "top",
        "other head": "top",
        "lead": "head",
        "worker": "lead",
        "colleague": "lead",
        "orphan": "nobody here",
    }
    roster = [RosterRecord(name, manager=manager) for name, manager in managers.items()]
    events = [happened("worker", name, on=day) for name in managers for day in (0, 1)]
    marts = told(roster, *events, derives_units=True)
    units = {name: marts.person(name, "team", "department") for name in managers}
    assert units["top"] == units["orphan"] == (None, None)
    assert units["worker"] == units["colleague"]
    teams = {name: team for name, (team, _) in units.items()}
    assert teams["head"] == teams["other head"]
    assert len({teams[name] for name in ("head", "lead", "worker")}) == 3
    departments = {name: department for name, (_, department) in units.items()}
    assert departments["head"] == departments["lead"] == departments["worker"]
    assert departments["head"] != departments["other head"]
    # Of six contacts four have a team that is known, three of those another one.
    names = ("network_size", "cross_team_contacts", "diversity_coverage", "teams_reached")
    assert marts.person("worker", *names) == (6, 3, 4 / 6, 2)


def test_without_a_roster_people_are_whom_the_exports_name() -> None:
    kinds = {"a": "person", "b": "person", "robot": "bot", "client": "external"}
    events = [happened("a", "b", "robot", on=day) for day in (0, 1)]
    marts = told([], *events, parties=kinds, has_roster=False)
    assert marts.people(FIRST_MONDAY) == {"a", "b"}
    assert marts.person("a", "network_size", "is_measured", "interactions") == (1, True, 2)
    names = ("team", "cross_team_contacts", "is_ranked", "lifting_interactions")
    assert marts.person("a", *names, "has_someone_above") == (None, None, False, None, None)


def test_diversity_is_of_contacts_whose_unit_is_known() -> None:
    units = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": "Z", "f": None}
    roster = [RosterRecord(name, team=unit, department=unit) for name, unit in units.items()]
    events = [happened("a", *"bcdef", on=day) for day in (0, 1)]
    marts = told(roster, *events)
    names = ("cross_team_contacts", "teams_reached", "cross_team_share", "diversity_coverage")
    assert marts.person("a", *names) == (3, 2, 3 / 4, 4 / 5)
    [ei, blau, shannon] = marts.person(
        "a", "department_ei_index", "department_blau", "department_shannon"
    )
    assert (ei, blau) == (0.5, pytest.approx(1 - (1 + 4 + 1) / 16))
    assert shannon == pytest.approx(1.0397207708399179)  # 1.5 ln 2
    names = ("department_ei_index", "departments_reached", "department_blau")
    assert marts.person("f", *names) == (None, None, 0)
    assert marts.person("a", "cross_discipline_contacts", "disciplines_reached") == (None, None)


def test_giving_counts_each_receiver_whatever_the_size_of_the_event() -> None:
    events = [
        happened("a", "b", "c", "a", *crowd(20), channel="recognition"),
        happened("b", "a", channel="answer"),
        happened("a", "a", channel="code_review"),
        happened("a", "gone", channel="feedback"),
    ]
    roster = [*people("a", "b", "c"), held("gone", None, WEEK)]
    marts = told(roster, *events)
    kinds = ("recognition_given", "answers_received", "reviews_given", "feedback_given")
    assert marts.person("a", *kinds, "giving_balance") == (2, 1, 0, 0, pytest.approx(1 / 3))
    assert marts.person("a", "interactions") == (1,)
    assert marts.person("c", "recognition_received", "giving_balance") == (1, -1)
    assert told(roster).person("c", "giving_balance") == (None,)


def test_learning_minutes_are_null_where_none_are_known() -> None:
    events = [
        happened("a", "b", channel="mentoring", minutes=45),
        happened("b", "a", channel="learning_session"),
        happened("c", "a", "b", channel="learning_session", minutes=600),
        happened("d", "e", channel="mentoring"),
    ]
    marts = told(people(*"abcdef"), *events)
    names = ("learning_minutes", "sessions_led", "sessions_attended")
    assert marts.person("a", *names) == (645, 1, 2)
    assert marts.person("e", *names) == (None, 0, 1)
    assert marts.person("f", *names) == (0, 0, 0)
