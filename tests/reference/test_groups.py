"""docs/metrics.md, sections 5 to 7, read by hand: one rule a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.reference.model import Reading, RosterRow, Row
from tests.reference.segments import gini
from tests.reference.story import (
    WEEK,
    event,
    people,
    read,
    row_of,
    segment_of,
    some,
)

# Section 5: segments


@pytest.mark.parametrize(
    ("days_before_sunday", "weeks", "band"),
    [
        (-1, None, None),
        (0, 0, "under_26_weeks"),
        (26 * 7 - 1, 25, "under_26_weeks"),
        (26 * 7, 26, "26_to_103_weeks"),
        (104 * 7 - 1, 103, "26_to_103_weeks"),
        (104 * 7, 104, "104_weeks_and_over"),
    ],
)
def test_tenure_is_whole_weeks_to_the_sunday(
    days_before_sunday: int, weeks: int | None, band: str | None
) -> None:
    hired_on = WEEK + timedelta(days=6 - days_before_sunday)
    row = row_of(read(people("a", hired_on=hired_on), []), "a")
    assert some(row, "tenure_weeks", "tenure_band") == (weeks, band)


def test_an_unknown_value_belongs_to_no_segment() -> None:
    reading = read([*people("a", team="X"), *people("b", "c", location="here")], [])
    assert {
        (row["segment_type"], row["segment_value"]): row["people"]
        for row in reading.segment_weeks
        if row["week_start"] == WEEK
    } == {("organisation", "all"): 3, ("team", "X"): 1, ("location", "here"): 2}


def test_averages_use_measured_people_zeros_in() -> None:
    # a and b are tied, c active alone, d silent, e joined too late for a full window.
    roster = [*people(*"abcd"), RosterRow("e", valid_from=WEEK)]
    events = [event("a", "b"), event("b", "a"), event("c"), event("e", "a", "b")]
    row = segment_of(read(roster, events))
    assert some(row, "people", "measured_people") == (5, 3)
    assert row["mean_network_size"] == pytest.approx(2 / 3)
    assert row["median_network_size"] == 1
    assert row["mean_reciprocal_share"] == 1
    assert row["mean_cross_team_share"] is None


def test_averages_of_lifting_use_those_with_someone_above() -> None:
    roster = [
        RosterRow("low1", job_level=1),
        RosterRow("low2", job_level=1),
        RosterRow("high", job_level=2),
        RosterRow("unranked"),
    ]
    events = [event("low1", "high"), *(event(row.person) for row in roster)]
    row = segment_of(read(roster, events))
    assert some(row, "measured_people", "lifting_people") == (4, 2)
    assert some(row, "mean_lifting_interactions", "median_lifting_contacts") == (
        0.5,
        0.5,
    )
    assert row["mean_coaching_given"] == pytest.approx(1 / 3)


def test_isolated_and_silent_are_of_those_with_a_full_window() -> None:
    # a has two contacts, b and c one each, d none and is silent, e is new.
    roster = [*people(*"abcd"), RosterRow("e", valid_from=WEEK)]
    events = [event("a", "b", "c"), event("a", "b", "c"), event("b"), event("c")]
    row = segment_of(read(roster, events))
    assert some(row, "isolated_share", "silent_share") == (3 / 4, 1 / 4)
    only_new = segment_of(read([RosterRow("e", valid_from=WEEK)], []))
    assert some(only_new, "isolated_share", "silent_share") == (None, None)


def test_newcomers_are_a_share_of_those_whose_tenure_is_known() -> None:
    roster = [
        *people("a", hired_on=WEEK),
        *people("b", hired_on=WEEK - timedelta(days=400)),
        *people("c"),
    ]
    assert segment_of(read(roster, []))["newcomer_share"] == 1 / 2


def test_departments_reached_together_leave_each_ones_own_out() -> None:
    units = {"a": "X", "b": "Y", "c": "X", "d": None}
    roster = [RosterRow(name, department=unit) for name, unit in units.items()]
    events = [event("a", *"bcd"), event("a", *"bcd"), event("c")]
    reading = read(roster, events)
    # a reaches Y; c, who knows a only, reaches none; b wrote to nobody: not measured.
    assert segment_of(reading)["departments_reached_together"] == 1
    x_only = segment_of(reading, "department", "X")
    assert x_only["departments_reached_together"] == 1
    unknown = [event("a"), event("b")]
    nowhere = segment_of(read(people(*"ab"), unknown))
    assert nowhere["departments_reached_together"] is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([0, 0], None),
        ([5], 0),
        ([2, 2], 0),
        ([0, 4], 0.5),
        ([3, 0, 1], 0.5),
    ],
)
def test_the_gini_has_its_zeros_in(values: list[int], expected: float | None) -> None:
    assert gini(values) == (None if expected is None else pytest.approx(expected))


def test_participation_is_that_of_measured_people_reaching_out() -> None:
    # a reaches out twice, b never (but writes), c once and is too new to count.
    roster = [*people(*"ab"), RosterRow("c", valid_from=WEEK)]
    events = [event("a", "b"), event("a", "b"), event("b"), event("c", "a")]
    assert segment_of(read(roster, events))["participation_gini"] == 0.5


# Section 6: between units


def between(reading: Reading, names: Iterable[str]) -> dict[tuple[str, str], Row]:
    """The cells of the team matrix of the week."""
    return {
        (row["from_unit"], row["to_unit"]): tuple(row[name] for name in names)
        for row in reading.unit_pair_weeks
        if (row["unit_type"], row["week_start"]) == ("team", WEEK)
    }


def test_a_pair_inside_counts_once_and_a_pair_across_in_each_direction() -> None:
    teams = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": None}
    roster = [RosterRow(name, team=team) for name, team in teams.items()]
    events = [
        *(event("a", "b", "c") for _ in range(2)),
        event("a", "d"),
        *(event("a", "e") for _ in range(5)),
    ]
    reading = read(roster, events)
    names = ("ties", "people_from", "people_to", "interactions", "share")
    assert between(reading, names) == {
        ("X", "X"): (1, 2, 2, 2, 2 / 5),
        ("X", "Y"): (1, 1, 1, 3, 3 / 5),
        ("Y", "X"): (1, 1, 1, 3, 1),
    }


def test_pairs_of_units_are_of_people_with_a_row_in_the_week() -> None:
    roster = [*people("a", team="X"), RosterRow("b", team="Y", valid_to=WEEK)]
    events = [event("a", "b", on=WEEK - timedelta(days=1))]
    assert not between(read(roster, events), ["ties"])
