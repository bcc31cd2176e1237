"""The expectations of the published tables, as plain data.

Here belong volume, ranges and the look of what BI reads. Not keys, relationships or columns (dbt's
data tests and contracts), nor what must agree across models (dbt's singular tests). A suite looks
at one frame, a section of its table's file in `sql/publish` that is a few rows however much is
published; an expectation is named by the rule that it states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEGMENT_TYPES = (
    "organisation",
    "team",
    "department",
    "discipline",
    "location",
    "work_mode",
    "tenure_band",
)
STATISTICS = ("count", "gini", "mean", "median", "share")
UNIT_PAIR_METRICS = ("interactions", "share", "ties")
NEWCOMER_METRICS = (
    "newcomers",
    "network_size",
    "cross_team_contacts",
    "lifting_beyond_manager",
    "newcomer_contacts",
)
PARTICIPATION_METRICS = (
    "members",
    "contributors",
    "contributions",
    "lapsed_share",
    "top_contributor_share",
    "participation_gini",
    "absence_factor",
    "listed_members",
    "silent_share",
    "questions",
    "answered_share",
    "median_hours_to_first_reply",
)
PROGRAMME_REACH_METRICS = ("eligible", "participants", "programme_share", "assignment_gini")
PROGRAMME_ENGAGEMENT_METRICS = (
    "pairs",
    "met_share",
    "days_to_first_meeting",
    "sessions_held",
    "held_share",
    "longest_gap_days",
    "interactions_30_days",
    "interactions_60_days",
    "interactions_90_days",
    "is_new_pair",
)
PROGRAMME_OUTCOMES = (
    "network_size",
    "cross_team_contacts",
    "departments_reached",
    "lifting_beyond_manager",
)
ORG_STRUCTURE_METRICS = (
    "people",
    "ties",
    "density",
    "components",
    "largest_component_share",
    "transitivity",
    "mean_clustering",
    "department_modularity",
    "department_ei_index",
    "community_modularity",
    "community_count",
)


@dataclass(frozen=True)
class Expectation:
    """One rule: its name, what to say when it is broken, and how Great Expectations asks it.

    `kind` is the class of Great Expectations and `arguments` are its own. Where a frame has NULL,
    a rule about values has nothing to say.
    """

    rule: str
    broken: str
    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Suite:
    """The rules of one frame: a section of `sql/publish/<table>.sql`."""

    table: str
    frame: str
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        """What Great Expectations knows it by."""
        return f"{self.table}.{self.frame}"


def check_name(suite: Suite, expectation: Expectation) -> str:
    """Return the name under which an expectation's outcome is known."""
    return f"{suite.table}__{expectation.rule}"


def _has_rows(broken: str) -> Expectation:
    return Expectation("has_rows", broken, "ExpectTableRowCountToBeBetween", {"min_value": 1})


def _within(
    rule: str, column: str, low: float | None, high: float | None, broken: str
) -> Expectation:
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Expectation(rule, broken, "ExpectColumnValuesToBeBetween", arguments)


def _among(rule: str, column: str, values: tuple[Any, ...], broken: str) -> Expectation:
    arguments = {"column": column, "value_set": list(values)}
    return Expectation(rule, broken, "ExpectColumnValuesToBeInSet", arguments)


def _true(rule: str, column: str, broken: str) -> Expectation:
    return _among(rule, column, (True,), broken)


def _zero(rule: str, column: str, broken: str) -> Expectation:
    return _among(rule, column, (0,), broken)


def _metrics_are(known: tuple[str, ...]) -> Expectation:
    broken = "A metric is none of those that the definitions name."
    return _among("metrics_are_known", "metric", known, broken)


# Rules that hold of several tables, of which a frame has the same columns.
AMOUNTS_ARE_NOT_NEGATIVE = _within(
    "amounts_are_not_negative", "lowest_amount", 0, None, "An amount is below 0."
)
SHARES_ARE_NOT_NEGATIVE = _within(
    "shares_are_not_negative", "lowest_share", 0, None, "A share is below 0."
)
SHARES_ARE_AT_MOST_1 = _within(
    "shares_are_at_most_1", "highest_share", None, 1, "A share is above 1."
)
WEEKS_ARE_IN_THE_COVERAGE = _true(
    "weeks_are_in_the_coverage", "is_in_coverage", "A week is not in the coverage."
)
SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE = _within(
    "shown_cells_rest_on_enough_people",
    "people_above_minimum",
    0,
    None,
    "A cell is shown that rests on fewer people than min_group_size.",
)
WITHHELD_CELLS_LOOK_ALIKE = _zero(
    "withheld_cells_look_alike",
    "withheld_cells_that_tell",
    "A withheld cell has a value or a number of people.",
)

SUITES = (
    Suite(
        "segment_weeks",
        "weeks",
        (
            _has_rows("The coverage has no weeks."),
            _true(
                "every_week_of_the_coverage_has_cells",
                "has_cells",
                "A week of the coverage has no cells of the whole organisation.",
            ),
        ),
    ),
    Suite(
        "segment_weeks",
        "segment_types",
        (
            _among(
                "segment_types_are_known",
                "segment_type",
                SEGMENT_TYPES,
                "A segment type is none of those that the definitions name.",
            ),
        ),
    ),
    Suite(
        "segment_weeks",
        "metrics",
        (
            _true(
                "metrics_are_defined", "is_defined", "A metric has no row in metric_definitions."
            ),
            _among(
                "statistics_are_known",
                "statistic",
                STATISTICS,
                "A statistic is none of those that the definitions name.",
            ),
            _within(
                "people_are_not_negative",
                "fewest_people",
                0,
                None,
                "A number of people is below 0.",
            ),
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            WITHHELD_CELLS_LOOK_ALIKE,
        ),
    ),
    Suite(
        "segment_weeks",
        "extremes",
        (
            _within("shares_are_in_0_to_1", "share", 0, 1, "A share is below 0 or above 1."),
            _within("ginis_are_in_0_to_1", "gini", 0, 1, "A Gini index is below 0 or above 1."),
            _within(
                "ei_indices_are_in_minus_1_to_1",
                "ei_index",
                -1,
                1,
                "An E-I index is below -1 or above 1.",
            ),
            _within("amounts_are_not_negative", "amount", 0, None, "An amount is below 0."),
        ),
    ),
    Suite(
        "unit_pair_weeks",
        "metrics",
        (
            _among(
                "metrics_are_known",
                "metric",
                UNIT_PAIR_METRICS,
                "A metric is none of ties, interactions and share.",
            ),
            WEEKS_ARE_IN_THE_COVERAGE,
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHARES_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            _zero(
                "withheld_cells_look_alike",
                "withheld_cells_that_tell",
                "A withheld cell has a value.",
            ),
        ),
    ),
    Suite(
        "org_structure",
        "metrics",
        (
            _metrics_are(ORG_STRUCTURE_METRICS),
            WEEKS_ARE_IN_THE_COVERAGE,
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHARES_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            _within(
                "indices_are_in_minus_1_to_1",
                "farthest_index",
                None,
                1,
                "A modularity or an E-I index is below -1 or above 1.",
            ),
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            WITHHELD_CELLS_LOOK_ALIKE,
        ),
    ),
    Suite(
        "newcomer_ramp",
        "metrics",
        (
            _among(
                "populations_are_known",
                "population",
                ("newcomers", "tenured"),
                "A population is neither newcomers nor tenured.",
            ),
            _metrics_are(NEWCOMER_METRICS),
            _within("weeks_begin_with_the_hire", "first_week", 0, None, "A week is before 0."),
            _within("weeks_end_after_half_a_year", "last_week", None, 25, "A week is after 25."),
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            WITHHELD_CELLS_LOOK_ALIKE,
        ),
    ),
    Suite(
        "participation",
        "metrics",
        (
            _metrics_are(PARTICIPATION_METRICS),
            WEEKS_ARE_IN_THE_COVERAGE,
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHARES_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            _zero(
                "bands_are_of_ten_members",
                "bands_of_small_spaces",
                "A band is shown of a space of fewer than ten members.",
            ),
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            _zero(
                "withheld_cells_look_alike",
                "withheld_cells_that_tell",
                "A withheld cell has a value, a band or a number of people.",
            ),
        ),
    ),
    Suite(
        "programme_reach",
        "metrics",
        (
            _metrics_are(PROGRAMME_REACH_METRICS),
            _true(
                "months_touch_the_coverage",
                "is_in_coverage",
                "A month does not touch the coverage.",
            ),
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHARES_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            WITHHELD_CELLS_LOOK_ALIKE,
        ),
    ),
    Suite(
        "programme_engagement",
        "metrics",
        (
            _metrics_are(PROGRAMME_ENGAGEMENT_METRICS),
            AMOUNTS_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            SHOWN_CELLS_REST_ON_ENOUGH_PEOPLE,
            WITHHELD_CELLS_LOOK_ALIKE,
        ),
    ),
    Suite(
        "programme_effects",
        "effects",
        (
            _among(
                "designs_are_known",
                "design",
                ("change", "newcomer"),
                "A design is neither change nor newcomer.",
            ),
            _among(
                "outcomes_are_known",
                "outcome",
                PROGRAMME_OUTCOMES,
                "An outcome is none of those that the definitions name.",
            ),
            _among(
                "horizons_are_known",
                "horizon_weeks",
                (4, 12),
                "A horizon is neither 4 nor 12 weeks.",
            ),
            _within("errors_are_not_negative", "smallest_error", 0, None, "An error is below 0."),
            _true(
                "effects_lie_in_their_intervals",
                "has_effects_in_intervals",
                "An effect lies outside of its interval.",
            ),
            _within(
                "nobody_is_matched_who_is_not_enrolled",
                "matched_beyond_enrolled",
                None,
                0,
                "More people are matched than enrolled.",
            ),
            _within(
                "shown_effects_rest_on_enough_people",
                "people_above_minimum",
                0,
                None,
                "An effect is shown that rests on fewer people than min_group_size.",
            ),
            _zero(
                "withheld_rows_look_alike",
                "withheld_rows_that_tell",
                "A withheld row has an effect or a number of people.",
            ),
        ),
    ),
    Suite(
        "data_quality",
        "sources",
        (
            _has_rows("There is no source of interactions in it."),
            _within(
                "events_are_not_negative",
                "fewest_events",
                0,
                None,
                "A number of events is below 0.",
            ),
            SHARES_ARE_NOT_NEGATIVE,
            SHARES_ARE_AT_MOST_1,
            _zero(
                "withheld_rows_look_alike",
                "withheld_rows_that_tell",
                "A withheld row has a number of people or a share of them.",
            ),
        ),
    ),
    Suite(
        "metric_definitions",
        "definitions",
        (
            _has_rows("It defines no metric."),
            Expectation(
                "metrics_are_defined_once",
                "A metric is defined twice.",
                "ExpectColumnValuesToBeUnique",
                {"column": "metric"},
            ),
        ),
    ),
    Suite(
        "release",
        "release",
        (
            Expectation(
                "has_one_row",
                "It has no row, or more than one.",
                "ExpectTableRowCountToEqual",
                {"value": 1},
            ),
            _within("has_weeks", "weeks", 1, None, "The coverage has no whole week."),
            _within("has_people", "people", 1, None, "Nobody is on the roster in the coverage."),
            _within("has_events", "events", 1, None, "No event lies in the coverage."),
            _zero(
                "coverage_is_whole_weeks",
                "days_beside_whole_weeks",
                "The coverage is not of whole weeks.",
            ),
        ),
    ),
)
