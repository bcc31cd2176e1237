"""Which way leads from a cell of a mart down to the exports.

A route is a list of steps. Each step is a section of a file in `sql/explain`, which finds rows of
one kind: people, ties, pair days, events, records. A step reads what the steps before it found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from dagster_pipelines.explanation import recounts
from dagster_pipelines.explanation.recounts import Figures, Row, Rows


@dataclass(frozen=True)
class Step:
    """A section, `way`, of the file in `sql/explain` that finds rows of the kind `table`."""

    table: str
    way: str


@dataclass(frozen=True)
class Route:
    """The steps down from a cell.

    `counted` is the kind of rows from which `recount` counts the figures again: those of each
    person, or of all together. `column` is the figure of a person that the steps look at, `measure`
    what a group takes a statistic of.
    """

    steps: tuple[Step, ...]
    counted: str | None = None
    recount: Callable[[Row, Rows], Figures] | None = None
    column: str | None = None
    measure: str | None = None
    statistic: str | None = None

    def figures(self) -> frozenset[str]:
        """Return the columns that this route can count again."""
        nothing: Row = defaultdict(lambda: None)
        return frozenset(self.recount(nothing, ())) if self.recount else frozenset()


@dataclass(frozen=True)
class Mart:
    """A mart whose cells can be explained: what names a row, and the ways down."""

    key: tuple[tuple[str, type], ...]
    route: Callable[[str], Route | None]


_RECORDS = (Step("records", "of_events"),)
_EVENTS_OF_PAIR_DAYS = (Step("events", "of_pair_days"), *_RECORDS)
_PAIR_DAYS_OF_TIES = (Step("pair_days", "of_ties"), *_EVENTS_OF_PAIR_DAYS)
_TIES = Route((Step("ties", "of_people"), *_PAIR_DAYS_OF_TIES), "ties", recounts.of_ties)
_ACTS = Route((Step("events", "of_active_days"), *_RECORDS), "events", recounts.of_acts)
_ROSTER = Route((Step("records", "of_rosters"),))

_OF_PERSONS = (
    _TIES,
    Route((Step("pair_days", "of_weeks"), *_EVENTS_OF_PAIR_DAYS), "pair_days",
          recounts.of_pair_days),
    Route((Step("ties", "with_externals"), *_PAIR_DAYS_OF_TIES), "ties",
          recounts.of_external_ties),
    Route((Step("events", "given_and_received"), *_RECORDS), "events", recounts.of_givings),
    Route((Step("events", "sessions"), *_RECORDS), "events", recounts.of_sessions),
    _ACTS,
)  # fmt: skip
_OF_PAIRS = Route((Step("ties", "of_pair"), *_PAIR_DAYS_OF_TIES), "pair_days", recounts.of_pair)
_OF_UNITS = Route((Step("ties", "between_units"), *_PAIR_DAYS_OF_TIES), "ties", recounts.of_units)
_OF_SPACES = (
    Route((Step("people", "of_space_week"), Step("events", "contributions"), *_RECORDS), "people",
          recounts.of_members),
    Route((Step("people", "listed_in_space"),), "people", recounts.of_listed),
    Route((Step("events", "questions"), *_RECORDS), "events", recounts.of_questions),
)  # fmt: skip
_OF_EFFECTS = Route(
    (Step("people", "of_programme_effect"),),
    "people",
    recounts.of_effect,
    measure="programme_effect",
)

_STATISTICS = ("mean", "median")
# Of a segment's own figures, the person's figure that lies behind it.
_BEHIND = {
    "isolated_share": "network_size",
    "silent_share": "is_active",
    "participation_gini": "reached_out",
    "departments_reached_together": "departments_reached",
    "measured_people": "is_active",
    "full_window_people": "",
    "people": "",
    "newcomer_share": "",
    "tenure_known_people": "",
}


def _of_person(column: str) -> Route:
    person = Step("people", "of_person_week")
    for route in _OF_PERSONS:
        if column in route.figures():
            return replace(route, steps=(person, *route.steps), column=column)
    route = _ACTS if column == "is_measured" else _ROSTER
    return replace(route, steps=(person, *route.steps), column=column, recount=None)


def _of_segment(column: str) -> Route | None:
    people = Step("people", "of_segment_week")
    statistic, _, measure = column.partition("_")
    if statistic not in _STATISTICS:
        measure = column
        statistic = "gini" if column.endswith("_gini") else "mean"
        if column == "lifting_people":
            measure, statistic = "lifting_interactions", "people"
        elif column.endswith("people"):
            statistic = "people"
            measure = column if column in _BEHIND else column.removesuffix("_people")
    below = _of_person(_BEHIND.get(measure, measure))
    if below.recount is None and measure not in _BEHIND:
        return None
    return replace(below, steps=(people, *below.steps[1:]), measure=measure, statistic=statistic)


def _of(*routes: Route) -> Callable[[str], Route | None]:
    def route(column: str) -> Route | None:
        for one in routes:
            if column in one.figures():
                return replace(one, column=column)
        return None

    return route


MARTS = {
    "fct_person_weeks": Mart((("person_id", int), ("week_start", date)), _of_person),
    "fct_segment_weeks": Mart(
        (("segment_type", str), ("segment_value", str), ("week_start", date)), _of_segment
    ),
    "fct_ties": Mart(
        (("person_a_id", int), ("person_b_id", int), ("week_start", date)), _of(_OF_PAIRS)
    ),
    "fct_unit_pair_weeks": Mart(
        (("unit_type", str), ("from_unit", str), ("to_unit", str), ("week_start", date)),
        _of(_OF_UNITS),
    ),
    "fct_participation": Mart(
        (("space_type", str), ("space_name", str), ("week_start", date)), _of(*_OF_SPACES)
    ),
    "fct_programme_effects": Mart(
        (
            ("programme_name", str),
            ("design", str),
            ("outcome", str),
            ("horizon_weeks", int),
            ("is_without_fellow_pairs", bool),
        ),
        _of(_OF_EFFECTS),
    ),
}
"""The marts whose cells can be explained, by name."""
