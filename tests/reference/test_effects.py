"""docs/metrics.md, section 9, effects of programmes, read by hand: one rule a test.

Windows are of one week and one interaction is a tie, unless a test says otherwise: the network of a
week is whom a person wrote to in it. Those who are only written to are not active, and so nobody's
controls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests.reference.effects.study import last_sunday_before
from tests.reference.model import Enrolment, Event, Programme, ProgrammeRecords, RosterRow, Row
from tests.reference.roster import Roster
from tests.reference.story import event, people, read, some

HALF_YEAR = (date(2026, 1, 5), date(2026, 6, 28))
BEFORE = date(2026, 3, 2)
"""The before-week; its Sunday is 8 March."""

SUNDAY = BEFORE + timedelta(days=6)
AFTER = BEFORE + timedelta(weeks=4)
"""The week of the first horizon."""

HORIZON = AFTER + timedelta(days=6)
ENROLLED_ON = BEFORE + timedelta(days=9)
SINKS = [f"sink{number}" for number in range(9)]


def wrote(person: str, count: int, on: date, first: int = 0) -> Event:
    """A mail to so many of the people who only receive, counted from the first."""
    return event(person, *SINKS[first : first + count], on=on)


def networks(sizes: Mapping[str, tuple[int, int]]) -> list[Event]:
    """Mails that give each a network of these sizes in the before-week and in the later one."""
    return [
        wrote(person, size, on)
        for person, pair in sizes.items()
        for size, on in zip(pair, (BEFORE, AFTER), strict=True)
    ]


def five(before: int, after: int) -> dict[str, tuple[int, int]]:
    """Five controls with the same networks."""
    return {f"c{number}": (before, after) for number in range(5)}


def enrol(person: str = "i", starts_on: date = ENROLLED_ON, **facts: Any) -> Enrolment:
    """An enrolment in the programme `p`."""
    return Enrolment(**{"programme_id": "p", "person": person, "starts_on": starts_on, **facts})


def effects(
    events: Sequence[Event],
    enrolments: Sequence[Enrolment],
    roster: Sequence[RosterRow] = (),
    **parameters: object,
) -> list[Row]:
    """The rows of the programme `p`; whoever is not on the roster and writes or is written to is.

    `q` is another programme of its type, `r` one of another type.
    """
    known = {row.person for row in roster}
    named = {name for one in events for name in (one.source, *one.targets)}
    programmes = [Programme("p", "training"), Programme("q", "training"), Programme("r", "buddy")]
    reading = read(
        [*roster, *people(*sorted(named - known))],
        list(events),
        programmes=ProgrammeRecords(programmes, list(enrolments)),
        **{
            "coverage": HALF_YEAR,
            "tie_window_weeks": 1,
            "tie_min_interactions": 1,
            "min_group_size": 1,
            **parameters,
        },
    )
    return [row for row in reading.programme_effects if row["programme_id"] == "p"]


def the_row(rows: Sequence[Row], outcome: str = "network_size", **key: object) -> Row:
    """The one row of an outcome, after 4 weeks, with all pairs, unless the key says otherwise."""
    wanted = {
        "design": "change",
        "outcome": outcome,
        "horizon_weeks": 4,
        "is_without_fellow_pairs": False,
        **key,
    }
    [row] = [row for row in rows if wanted.items() <= row.items()]
    return row


# The change of those who have a before


@pytest.mark.parametrize(
    ("day", "sunday"),
    [(date(2026, 3, 9), SUNDAY), (date(2026, 3, 15), SUNDAY), (date(2026, 3, 8), date(2026, 3, 1))],
    ids=["monday", "sunday", "the_sunday_itself"],
)
def test_the_before_week_ended_before_enrolment(day: date, sunday: date) -> None:
    assert last_sunday_before(day) == sunday


CONTROLS = {"c1": (2, 2), "c2": (2, 3), "c3": (1, 2), "c4": (3, 3), "c5": (4, 3), "c6": (6, 5)}
"""Their x is 2, 2, 1, 3, 4, 6 and their d is 0, 1, 1, 0, -1, -1: the slope is -7/16."""


def test_the_effect_is_the_change_less_that_of_adjusted_controls() -> None:
    row = the_row(effects(networks({"i": (2, 5), **CONTROLS}), [enrol()]))
    # The five nearest to 2 are all but c6. Their mean d is 1/5, their mean x 12/5.
    expected = 3 - (1 / 5 - 7 / 16 * (2 - 12 / 5))
    assert some(row, "enrolled", "matched", "effect") == pytest.approx((1, 1, expected))


def test_every_programme_outcome_and_horizon_has_its_row() -> None:
    rows = effects(networks({"i": (2, 5), **CONTROLS}), [enrol()])
    assert len(rows) == 4 * 2 * 2
    # Nobody is measured 12 weeks later.
    assert some(the_row(rows, horizon_weeks=12), "enrolled", "matched", "effect") == (1, 0, None)
    assert not effects(networks({"i": (2, 5)}), [enrol("nobody")])


def test_the_horizon_is_so_many_weeks_after_the_before_week() -> None:
    later = [wrote(f"c{number}", 1, BEFORE + timedelta(weeks=12)) for number in range(5)]
    events = [*networks({"i": (1, 3), **five(1, 1)}), *later]
    rows = effects([*events, wrote("i", 6, BEFORE + timedelta(weeks=12))], [enrol()])
    assert the_row(rows)["effect"] == 2
    assert the_row(rows, horizon_weeks=12)["effect"] == 5


def test_the_first_enrolment_of_a_person_counts() -> None:
    events = networks({"i": (1, 3), **five(1, 1)})
    for other in (enrol(starts_on=HORIZON), enrol(starts_on=ENROLLED_ON + timedelta(days=1))):
        row = the_row(effects(events, [other, enrol()]))
        assert some(row, "enrolled", "matched", "effect") == (1, 1, 2)
    row = the_row(effects(events, [enrol(), enrol(starts_on=BEFORE)]))
    assert some(row, "enrolled", "matched", "effect") == (1, 0, None)


@pytest.mark.parametrize("silent_in", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("person", ["i", "c0"])
def test_all_are_measured_in_both_weeks(person: str, silent_in: date) -> None:
    events = networks({"i": (1, 3), **five(1, 1)})
    heard = [one for one in events if (one.source, one.occurred_at.date()) != (person, silent_in)]
    row = the_row(effects(heard, [enrol()]))
    assert some(row, "enrolled", "matched", "effect") == (1, 0, None)


@pytest.mark.parametrize(
    ("enrolment", "matched"),
    [
        (enrol("c0", HORIZON), 0),
        (enrol("c0", HORIZON + timedelta(days=1)), 1),
        (enrol("c0", HORIZON, programme_id="q"), 0),
        (enrol("c0", HORIZON, programme_id="r"), 1),
        (enrol("c0", date(2020, 1, 1)), 0),
        (enrol("c0", date(2020, 1, 1), ends_on=SUNDAY - timedelta(days=84)), 0),
        (enrol("c0", date(2020, 1, 1), ends_on=SUNDAY - timedelta(days=85)), 1),
    ],
    ids=[
        "to_the_horizon",
        "later",
        "of_the_type",
        "of_another_type",
        "open",
        "12_weeks_before",
        "ended_earlier",
    ],
)
def test_controls_are_in_no_programme_of_the_type(enrolment: Enrolment, matched: int) -> None:
    rows = effects(networks({"i": (1, 3), **five(1, 1)}), [enrol(), enrolment])
    # c0 is enrolled as well, but measured in no weeks around the own enrolment.
    assert the_row(rows)["matched"] == matched


def test_the_slope_is_over_all_who_are_eligible_in_whatever_department() -> None:
    # In D x does not vary; in E d is as much more as x: the slope is 1.
    roster = people("i", *five(2, 2), department="D") + people("e1", "e2", department="E")
    events = networks({"i": (4, 7), **five(2, 2), "e1": (3, 3), "e2": (4, 5)})
    row = the_row(effects(events, [enrol()], roster))
    assert row["effect"] == pytest.approx(3 - (0 + 1 * (4 - 2)))


def test_before_weeks_have_means_of_their_own() -> None:
    # A week earlier everybody has two contacts less, and changes by one more.
    week = timedelta(weeks=1)
    controls = {"c0": (4, 5), "c1": (4, 5), "c2": (4, 5), "c3": (4, 5), "c4": (6, 9)}
    events = networks({"i": (4, 4), **controls})
    for name, (before, after) in {"h": (4, 5), **controls}.items():
        events += [wrote(name, before - 2, BEFORE - week), wrote(name, after - 1, AFTER - week)]
    row = the_row(effects(events, [enrol(), enrol("h", ENROLLED_ON - week)]))
    # Within each week x and d are both four times 2/5 below the mean and once 8/5 above: b is 1.
    # i: 0 less the mean of four times 1 and of 3 + (4 - 6); h: 2 less that of 2 and 4 + (2 - 4).
    assert some(row, "enrolled", "matched") == (2, 2)
    assert row["effect"] == pytest.approx((-1 + 0) / 2)


# Frozen units and ranks


@pytest.mark.parametrize(
    ("day", "nearest"),
    [(4, 4), (5, 4), (7, 4), (8, 12), (12, 12), (20, 12), (21, 12), (22, 31), (31, 31)],
)
def test_who_is_not_valid_is_as_on_the_nearest_valid_day_the_later_of_two(
    day: int, nearest: int
) -> None:
    march = [date(2026, 3, 1) + timedelta(days=number - 1) for number in range(1, 32)]
    rows = [
        RosterRow("a", valid_to=march[4]),
        RosterRow("a", valid_from=march[11], valid_to=march[12]),
        # It holds on no day.
        RosterRow("a", valid_from=march[19], valid_to=march[19]),
        RosterRow("a", valid_from=march[30]),
    ]
    found = Roster(rows).nearest_valid_day("a", march[day - 1])
    assert found == march[nearest - 1]


MOVES_ON = AFTER - timedelta(days=7)


def moving(person: str, first: dict[str, Any], then: dict[str, Any]) -> list[RosterRow]:
    """Somebody of whom something changes between the two weeks."""
    return [
        RosterRow(person, valid_to=MOVES_ON, **first),
        RosterRow(person, valid_from=MOVES_ON, **then),
    ]


def test_a_move_of_the_own_is_not_taken_for_learning() -> None:
    roster = moving("i", {"team": "X", "department": "X"}, {"team": "Y", "department": "Y"})
    roster += people(*five(1, 1), team="Z", department="Z")
    roster += people(*SINKS, team="Y", department="Y")
    rows = effects(networks({"i": (1, 2), **five(1, 1)}), [enrol()], roster)
    assert the_row(rows, "cross_team_contacts")["effect"] == 1
    assert the_row(rows, "departments_reached")["effect"] == 0


def test_nor_is_a_move_of_a_contact() -> None:
    roster = people("i", *five(1, 1), team="X", department="X")
    roster += moving("sink0", {"team": "X", "department": "X"}, {"team": "Y", "department": "Y"})
    # Who comes later is of the first known unit.
    roster += [RosterRow("sink1", team="Y", department="Y", valid_from=MOVES_ON)]
    rows = effects(networks({"i": (1, 2), **five(1, 1)}), [enrol()], roster)
    assert the_row(rows, "cross_team_contacts")["effect"] == 1
    assert the_row(rows, "departments_reached")["effect"] == 1


def test_an_unknown_team_has_no_cross_team_contacts() -> None:
    roster = people(*five(1, 1), *SINKS, team="X", department="X")
    rows = effects(networks({"i": (1, 2), **five(1, 1)}), [enrol()], roster)
    for outcome in ("cross_team_contacts", "departments_reached"):
        row = the_row(rows, outcome)
        assert some(row, "enrolled", "matched", "effect") == (1, 0, None)


def test_lifting_is_summed_over_the_window_with_frozen_ranks_and_managers() -> None:
    roster = moving("i", {"job_level": 1, "manager": "old"}, {"job_level": 1, "manager": "senior"})
    roster += people("old", job_level=2) + people("senior", job_level=3)
    roster += moving("promoted", {"job_level": 1}, {"job_level": 3})
    roster += people(*five(1, 1), job_level=1)
    events = networks(five(1, 1))
    for name in five(1, 1):
        events += [event(name, "senior", on=BEFORE), event(name, "senior", on=AFTER)]
    events += [event("i", "senior", on=BEFORE)]
    earlier = AFTER - timedelta(days=1)
    events += [event("i", "old", on=AFTER), event("i", "senior", "promoted", on=AFTER)]
    events += [event("senior", "i", on=earlier), event("i", "senior", on=earlier)]
    rows = effects(events, [enrol()], roster, tie_window_weeks=2)
    # i: from 1 to 3 with the senior, who became the manager; the controls stay at 1.
    assert the_row(rows, "lifting_beyond_manager")["effect"] == 2


# Without the pairs of fellow participants


@pytest.mark.parametrize(("begun_on", "without"), [(HORIZON, 0), (HORIZON + timedelta(days=1), 1)])
def test_fellows_are_enrolled_by_the_sunday_of_the_horizon(begun_on: date, without: int) -> None:
    events = [*networks({"i": (1, 1), **five(1, 1)}), event("i", "fellow", on=AFTER)]
    rows = effects(events, [enrol(), enrol("fellow", begun_on)])
    assert the_row(rows)["effect"] == 1
    assert the_row(rows, is_without_fellow_pairs=True)["effect"] == without


def test_fellows_of_another_programme_are_none() -> None:
    events = [*networks({"i": (1, 1), **five(1, 1)}), event("i", "fellow", on=AFTER)]
    rows = effects(events, [enrol(), enrol("fellow", programme_id="q")])
    assert the_row(rows, is_without_fellow_pairs=True)["effect"] == 1


def test_pairs_of_fellows_are_left_out_before_as_well_and_of_lifting() -> None:
    roster = people("i", *five(1, 1), job_level=1, team="X", department="X")
    roster += people("fellow", *SINKS, job_level=2, team="Y", department="Y")
    events = [*networks({"i": (1, 1), **five(1, 1)}), event("i", "fellow", on=BEFORE)]
    rows = effects(events, [enrol(), enrol("fellow", HORIZON)], roster)
    for outcome in ("network_size", "cross_team_contacts", "lifting_beyond_manager"):
        assert the_row(rows, outcome)["effect"] == -1
        assert the_row(rows, outcome, is_without_fellow_pairs=True)["effect"] == 0


def test_pairs_of_controls_who_were_enrolled_once_are_left_out_too() -> None:
    once = enrol("c0", date(2020, 1, 1), ends_on=date(2020, 12, 31))
    events = [*networks({"i": (1, 1), **five(1, 1)}), event("c0", "i", on=AFTER)]
    rows = effects(events, [enrol(), once])
    # With it i has one more, and one of the five controls too.
    assert the_row(rows)["effect"] == pytest.approx(1 - 1 / 5)
    assert the_row(rows, is_without_fellow_pairs=True)["effect"] == 0


def test_pairs_of_fellows_and_others_stay() -> None:
    events = [*networks({"i": (1, 1), **five(1, 1)}), event("c0", "i", on=AFTER)]
    rows = effects(events, [enrol()])
    for is_without in (False, True):
        row = the_row(rows, is_without_fellow_pairs=is_without)
        assert row["effect"] == pytest.approx(1 - 1 / 5)


# Newcomers

HIRED_ON = BEFORE
"""A Monday: the weeks of the horizon are counted from the Sunday before."""

STARTED = date(2026, 3, 23)
"""The week that ends 4 weeks after that Sunday, 3 whole weeks after the hire."""


def hired(name: str, days: int = 0, **facts: object) -> RosterRow:
    """Somebody hired, and valid from, so many days after the day."""
    on = HIRED_ON + timedelta(days=days)
    return RosterRow(name, hired_on=on, valid_from=on, **facts)


def newcomers(
    others: Mapping[str, tuple[int, int]],
    enrolments: Sequence[Enrolment],
    departments: Mapping[str, str] | None = None,
    **parameters: object,
) -> Row:
    """The row of newcomers, of whom i has 4 contacts.

    The others are hired so many weeks later, and have so many at the same weeks since hire.
    """
    departments = departments or {}
    roster = [hired("i", department=departments.get("i"))]
    events = [wrote("i", 4, STARTED)]
    for name, (weeks, size) in others.items():
        roster.append(hired(name, 7 * weeks, department=departments.get(name)))
        events.append(wrote(name, size, STARTED + timedelta(weeks=weeks)))
    return the_row(effects(events, enrolments, roster, **parameters), design="newcomer")


OTHERS = {"n1": (1, 1), "n2": (-1, 1), "n3": (2, 2), "n4": (3, 2), "n5": (4, 4), "n6": (5, 9)}
"""The first five are hired nearest to i; they have 2 contacts on average."""


def test_newcomers_are_compared_at_the_same_weeks_since_hire() -> None:
    row = newcomers(OTHERS, [enrol(starts_on=HIRED_ON)])
    assert some(row, "enrolled", "matched", "effect") == (1, 1, 2)


def test_newcomers_hired_as_near_as_the_fifth_are_controls_too() -> None:
    row = newcomers({**OTHERS, "n7": (-4, 8)}, [enrol(starts_on=HIRED_ON)])
    assert row["effect"] == 4 - 3


def test_newcomers_of_the_department_are_taken_where_there_are_five() -> None:
    departments = dict.fromkeys(["i", "n1", "n2", "n3", "n4", "n6"], "D")
    row = newcomers(OTHERS, [enrol(starts_on=HIRED_ON)], departments)
    assert row["effect"] == 4 - 3
    del departments["n6"]
    row = newcomers(OTHERS, [enrol(starts_on=HIRED_ON)], departments)
    assert row["effect"] == 4 - 2
    few = {name: OTHERS[name] for name in ("n1", "n2", "n3", "n4")}
    row = newcomers(few, [enrol(starts_on=HIRED_ON)], departments)
    assert some(row, "enrolled", "matched", "effect") == (1, 0, None)


@pytest.mark.parametrize(("days", "matched"), [(0, 1), (7, 0)])
def test_newcomers_have_their_window_in_the_coverage(days: int, matched: int) -> None:
    others = {f"n{weeks}": (weeks, 1) for weeks in range(1, 6)}
    coverage = (HIRED_ON + timedelta(days=days), HALF_YEAR[1])
    enrolments = [enrol(starts_on=HIRED_ON)]
    row = newcomers(others, enrolments, coverage=coverage, tie_window_weeks=4)
    assert row["matched"] == matched


@pytest.mark.parametrize(
    ("starts_on", "matched"),
    # The week of n1 ends on 5 April.
    [(date(2026, 4, 5), 0), (date(2026, 4, 6), 1), (date(2020, 1, 1), 0)],
)
def test_newcomers_in_a_programme_of_the_type_up_to_then_are_no_controls(
    starts_on: date, matched: int
) -> None:
    five_others = {name: OTHERS[name] for name in ("n1", "n2", "n3", "n4", "n5")}
    also = enrol("n1", starts_on, ends_on=starts_on, programme_id="q")
    row = newcomers(five_others, [enrol(starts_on=HIRED_ON), also])
    assert row["matched"] == matched


@pytest.mark.parametrize(
    ("days", "designs"),
    [(55, {"newcomer"}), (56, {"change"}), (-20, {"newcomer"})],
    ids=["less_than_8_weeks", "8_weeks", "before_the_hire"],
)
def test_new_is_who_was_hired_less_than_8_weeks_before_enrolment(
    days: int, designs: set[str]
) -> None:
    enrolment = enrol(starts_on=HIRED_ON + timedelta(days=days))
    rows = effects([wrote("i", 1, STARTED)], [enrolment], [hired("i")])
    assert {row["design"] for row in rows} == designs


def test_the_weeks_are_counted_from_the_later_of_hire_and_enrolment() -> None:
    # Enrolled on the Monday two weeks after the hire; the outcome is that of the sixth week.
    names = [f"n{number}" for number in range(5)]
    roster = [hired("i"), *(hired(name, 1) for name in names)]

    def written(week: date) -> list[Event]:
        return [wrote("i", 5, week), *(wrote(name, 2, week) for name in names)]

    def row(enrolled_after: int, week: date) -> Row:
        enrolment = enrol(starts_on=HIRED_ON + timedelta(days=enrolled_after))
        return the_row(effects(written(week), [enrolment], roster), design="newcomer")

    sixth = STARTED + timedelta(weeks=2)
    assert row(14, sixth)["effect"] == 3
    assert row(13, sixth)["matched"] == 0
    assert row(-30, STARTED)["effect"] == 3
